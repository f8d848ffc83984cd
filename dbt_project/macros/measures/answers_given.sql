{# answers_given: learners who gave an answer, in the attempts that the flag says: in their first, or in their last one.
   Source: edX's pipeline, answer_dist. #}
{% macro answers_given(of_attempt) -%}
    cast(sum(case when {{ of_attempt }} = {{ bool(true) }} then 1 else 0 end) as bigint)
{%- endmacro %}

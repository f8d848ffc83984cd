{# correct_submissions: those of the submissions in which every part of the problem was correct. #}
{% macro correct_submissions(outcome) -%}
    cast(sum(case when {{ outcome }} = 'correct' then 1 else 0 end) as bigint)
{%- endmacro %}

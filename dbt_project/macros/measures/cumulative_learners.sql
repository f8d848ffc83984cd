{# cumulative_learners: distinct learners from the platform's first day to this one: the sum of those who came for the
   first time. Needs a row for every day on which somebody came for the first time. #}
{% macro cumulative_learners(new_learners, platform, day) -%}
    sum({{ new_learners }}) over (
        partition by {{ platform }} order by {{ day }} rows between unbounded preceding and current row
    )
{%- endmacro %}

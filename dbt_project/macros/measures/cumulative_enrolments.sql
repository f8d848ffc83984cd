{# cumulative_enrolments: people with any enrolment so far whose last mode is this one, enrolled still or not. Source:
   edX's daily enrolment (`cumulative_count`). Needs a row for every day. #}
{% macro cumulative_enrolments(ever_moved, days) -%}
    cast(sum(coalesce({{ ever_moved }}, 0)) over (
        partition by {{ days }}.course_run_key, {{ days }}.mode order by {{ days }}.enrolment_date
        rows between unbounded preceding and current row
    ) as bigint)
{%- endmacro %}

{# cumulative_enrolments: people with any enrolment so far whose last mode is this one, enrolled still or not: those who
   came into the mode less those who went over to another. Source: edX's daily enrolment (`cumulative_count`). Needs a
   row for every day. #}
{% macro cumulative_enrolments(came, went) -%}
    cast(sum({{ came }} - {{ went }}) over (
        partition by course_run_key, mode order by enrolment_date
        rows between unbounded preceding and current row
    ) as bigint)
{%- endmacro %}

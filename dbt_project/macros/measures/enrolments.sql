{# enrolments: people enrolled at the end of the day, in the mode they then have: the sum of those who came into the mode
   enrolled, less those who went out of it or left. Source: edX's daily enrolment (`count`). Needs a row for every day. #}
{% macro enrolments(enrolled_moved) -%}
    cast(sum({{ enrolled_moved }}) over (
        partition by course_run_key, mode order by enrolment_date
        rows between unbounded preceding and current row
    ) as bigint)
{%- endmacro %}

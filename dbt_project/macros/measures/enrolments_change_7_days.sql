{# enrolments_change_7_days: enrolments less those of the same mode seven days before, where there is no row 0. Source:
   edX's summary of courses (`count_change_7_days`). Needs a row for every day. #}
{% macro enrolments_change_7_days(enrolments) -%}
    {{ enrolments }} - coalesce(
        lag({{ enrolments }}, 7) over (partition by course_run_key, mode order by enrolment_date), 0
    )
{%- endmacro %}

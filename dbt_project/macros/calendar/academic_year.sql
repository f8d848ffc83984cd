{# First day of the academic year a date falls in; the start month is var('academic_year_start_month'). #}
{% macro academic_year_starts_on(date) -%}
    {%- set months_in = '(month(' ~ date ~ ') + 12 - ' ~ var('academic_year_start_month') ~ ') % 12' -%}
    {{ add_months(month_start(date), '-(' ~ months_in ~ ')') }}
{%- endmacro %}

{# Name of the academic year a date falls in: '2024/25', or '2024' where it is the calendar year. #}
{% macro academic_year(date) -%}
    {%- set first_year = 'year(' ~ academic_year_starts_on(date) ~ ')' -%}
    {%- if var('academic_year_start_month') == 1 -%}
        {{ joined([first_year]) }}
    {%- else -%}
        {{ joined([first_year, "'/'", "right(" ~ joined(["'0'", '(' ~ first_year ~ ' + 1) % 100']) ~ ", 2)"]) }}
    {%- endif -%}
{%- endmacro %}

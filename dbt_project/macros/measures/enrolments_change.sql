{# enrolments_change: people who are enrolled at the end of the day and were not on the day before, less those of whom the
   reverse holds; in the mode of the day's end. Source: edX's `change_since_last_day`. Going over to another mode is none. #}
{% macro enrolments_change(enrolled, enrolled_before) -%}
    cast(sum({{ enrolled }} - {{ enrolled_before }}) as bigint)
{%- endmacro %}

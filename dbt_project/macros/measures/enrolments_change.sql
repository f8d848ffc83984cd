{# enrolments_change: whether a person is enrolled at the end of the day, less the same of the day before; summed in the mode
   of the day's end. Source: edX's `change_since_last_day`. Going over to another mode is no change. #}
{% macro enrolments_change(enrolled, enrolled_before) -%}
    {{ enrolled }} - coalesce({{ enrolled_before }}, 0)
{%- endmacro %}

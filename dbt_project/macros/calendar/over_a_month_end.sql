{# Whether a month's last day lies between the last day of one thing and the first of the next, neither included. #}
{% macro over_a_month_end(last_day, first_day) -%}
    {{ month_end(add_days(last_day, 1)) }} < {{ first_day }}
{%- endmacro %}

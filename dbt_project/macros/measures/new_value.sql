{# new_value: value of a customer's first month-end with value, per currency. A trial is no value, so the month
   a trial is paid for is new. #}
{% macro new_value(closing, opening, is_first) -%}
    case when {{ opening }} = 0 and {{ closing }} > 0 and {{ is_first }} = 1 then {{ closing }} else 0 end
{%- endmacro %}

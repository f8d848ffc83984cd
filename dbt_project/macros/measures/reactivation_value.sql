{# reactivation_value: value that came back after at least one month-end without any. Tested before expansion:
   from nothing to something is never an expansion. #}
{% macro reactivation_value(closing, opening, is_first) -%}
    case when {{ opening }} = 0 and {{ closing }} > 0 and {{ is_first }} = 0 then {{ closing }} else 0 end
{%- endmacro %}

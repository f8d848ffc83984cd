{# gross_value_retention: value kept without growth for every unit of value at the base; never above 1, NULL
   without a base. #}
{% macro gross_value_retention(kept_gross_value, base_value) -%}
    {{ ratio(kept_gross_value, base_value) }}
{%- endmacro %}

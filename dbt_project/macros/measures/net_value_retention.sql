{# net_value_retention: value kept with growth for every unit of value at the base; above 1 where growth was more
   than losses, NULL without a base. #}
{% macro net_value_retention(kept_net_value, base_value) -%}
    {{ ratio(kept_net_value, base_value) }}
{%- endmacro %}

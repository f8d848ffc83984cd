{# market_share: customers that the register calls open / schools that it calls open, from 0 to 1.
   Limits: a customer that is not in the register, or closed in it, is in neither; empty without an open school. #}
{% macro market_share(open_customers, registered_schools) -%}
    {{ ratio(open_customers, registered_schools) }}
{%- endmacro %}

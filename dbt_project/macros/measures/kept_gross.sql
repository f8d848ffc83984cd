{# kept_gross: what is left of a base: the lesser of base and end, school by school. Growth does not make up for
   what others lost, and what came back after the base counts up to the base (decision 018). #}
{% macro kept_gross(base, closing) -%}
    case when {{ closing }} < {{ base }} then {{ closing }} else {{ base }} end
{%- endmacro %}

{# kept_net: what those have at the end that were there at the base, growth included (decision 018). #}
{% macro kept_net(base, closing) -%}
    case when {{ base }} > 0 then {{ closing }} else 0 end
{%- endmacro %}

{# contraction_value: decline of value of which some is left. #}
{% macro contraction_value(closing, opening) -%}
    case when {{ closing }} > 0 and {{ closing }} < {{ opening }} then {{ opening }} - {{ closing }} else 0 end
{%- endmacro %}

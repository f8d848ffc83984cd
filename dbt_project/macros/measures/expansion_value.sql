{# expansion_value: growth of value that was there before and still is. #}
{% macro expansion_value(closing, opening) -%}
    case when {{ opening }} > 0 and {{ closing }} > {{ opening }} then {{ closing }} - {{ opening }} else 0 end
{%- endmacro %}

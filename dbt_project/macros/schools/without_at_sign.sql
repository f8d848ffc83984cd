{# The text unless it holds an at sign: somebody's address may stand where a name belongs, and where this is asked
   nobody could take it out again. #}
{% macro without_at_sign(text) -%}
    case when {{ text }} not like '%@%' then {{ text }} end
{%- endmacro %}

{# risk_points: the signs of risk that are there, grave ones counted double. `r` is the row that
   int_health__school_products_measured gives; the signs are in macros/health/risk_signs.sql. #}
{% macro risk_points(r) -%}
    {%- for sign in risk_signs(r) %}
    {{ '+ ' if not loop.first }}case when {{ sign.when }} then {{ sign.points }} else 0 end
    {%- endfor %}
{%- endmacro %}

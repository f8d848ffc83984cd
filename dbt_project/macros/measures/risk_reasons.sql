{# risk_reasons: the signs of risk that are there, in words, one text; NULL without any. Each begins with a semicolon
   and a blank, which the first one loses. #}
{% macro risk_reasons(r) -%}
    {%- set parts = [] -%}
    {%- for sign in risk_signs(r) -%}
        {%- do parts.append('case when ' ~ sign.when ~ ' then ' ~ joined(["'; '"] + sign.words) ~ ' end') -%}
    {%- endfor -%}
    {{ joined(parts) }}
{%- endmacro %}

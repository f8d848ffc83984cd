{# risk_reasons: the signs of risk that are there, in words, one text, and what is not known. `r` is the row that
   int_health__school_products_measured gives; the signs are in macros/health/risk_signs.sql. Each part begins with a
   semicolon and a blank; without_first_mark takes the first ones off. #}
{% macro risk_reasons(r) -%}
    {%- set parts = [] -%}
    {%- for sign in risk_signs(r) -%}
        {%- do parts.append('case when ' ~ sign.when ~ ' then ' ~ joined(["'; '"] + sign.words) ~ ' end') -%}
    {%- endfor -%}
    {%- set measured = r ~ '.is_use_measured = ' ~ bool(true) -%}
    {%- set unmeasured = r ~ '.is_use_measured = ' ~ bool(false) -%}
    {%- set unknown_days = r ~ '.are_holidays_known = ' ~ bool(false) -%}
    {%- do parts.append("case when " ~ unmeasured ~ " then '; use is not measured' end") -%}
    {%- do parts.append("case when " ~ measured ~ " and " ~ unknown_days ~ " then '; school holidays not known' end") -%}
    {{ joined(parts) }}
{%- endmacro %}

{% macro without_first_mark(reasons) -%}
    case
        when {{ text_length(reasons) }} > 2 then right({{ reasons }}, {{ text_length(reasons) }} - 2)
        else 'no sign of risk'
    end
{%- endmacro %}

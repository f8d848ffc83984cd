{# earned_at: when a certificate that counts was earned: when the grade first passed, else when the certificate was first
   made. Neither table keeps the day of the award itself. #}
{% macro earned_at(passed_at, certificate_created_at) -%}
    coalesce({{ passed_at }}, {{ certificate_created_at }})
{%- endmacro %}

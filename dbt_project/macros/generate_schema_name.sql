{# A custom schema is used as it is, on both engines and whatever the target's own schema is: dbt's default
   would join the two, and dbt-sqlserver's default has changed between versions. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}

{# A custom schema is used as it is, on both engines and whatever the target's own schema is: dbt's default
   would join the two, and dbt-sqlserver's default has changed between versions. Marts are built where the engine
   lets nobody read them yet. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set schema = (custom_schema_name or target.schema) | trim -%}
    {{ (mart_schema(schema) if schema in var('mart_schemas') else schema) | trim }}
{%- endmacro %}

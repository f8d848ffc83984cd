{# dbt-sqlserver asks for an application lock before it looks whether a schema is there, and not every T-SQL server has
   sp_getapplock. Nobody else makes our schemas meanwhile: one run at a time builds, and it makes them before its models. #}
{% macro create_schema_if_not_exists(schema, authorization=none) -%}
    if not exists (select 1 from sys.schemas where name = '{{ escape_single_quotes(schema) }}')
    begin
        exec('create schema {{ escape_single_quotes(adapter.quote(schema)) }}
            {%- if authorization is not none %} authorization {{ escape_single_quotes(adapter.quote(authorization)) }}{% endif %}')
    end
{%- endmacro %}

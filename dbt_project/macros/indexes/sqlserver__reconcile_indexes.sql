{# SQL Server: what dbt would do to make a table's indexes those of its configuration. It configures none of them (decision
   094), and the question for those that are there is one that not every T-SQL server can answer. #}
{% macro sqlserver__reconcile_indexes(relation) -%}
{%- endmacro %}

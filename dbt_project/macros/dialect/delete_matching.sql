{# Deletes the rows of a table whose `columns` are, in this order, those named `keys` in a row of a query. `relation` is
   the table, `query` gives no two rows with the same keys. A list of IN has one column only in T-SQL. #}

{% macro delete_matching(relation, columns, query, keys) -%}
    {{ return(adapter.dispatch('delete_matching', 'warehouse')(relation, columns, query, keys)) }}
{%- endmacro %}

{% macro duckdb__delete_matching(relation, columns, query, keys) -%}
    delete from {{ relation }} as d using ({{ query }}) as q
    where {% for key in keys %}{{ ' and ' if not loop.first }}d.{{ columns[loop.index0] }} = q.{{ key }}{% endfor %}
{%- endmacro %}

{% macro sqlserver__delete_matching(relation, columns, query, keys) -%}
    delete d from {{ relation }} as d inner join ({{ query }}) as q
    on {% for key in keys %}{{ ' and ' if not loop.first }}d.{{ columns[loop.index0] }} = q.{{ key }}{% endfor %}
{%- endmacro %}

{# What a relation promises of each of its rows, in one node, since a node costs dbt more than its query:
   - key: the grain. No two rows agree in all these columns, and none of them is NULL;
   - unique: no two rows agree in one of these;
   - filled: no NULL in one of these;
   - listed: a column has one of these values, or NULL;
   - refers: a row in which none of `columns` is NULL has its row in `to`, whose columns are `to_columns` (the same
     names where not given).
   A row for each promise that is broken: in words, and by how many rows (of a key: by how many values). #}
{% test holds(model, key=[], unique=[], filled=[], listed={}, refers=[]) %}
{{ config(fail_calc='coalesce(sum(wrong_rows), 0)') }}
{%- set broken = [] -%}
{%- if key -%}
    {%- do broken.append(["key of " ~ key | join(', '), wrong_keys(model, key)]) -%}
{%- endif -%}
{%- for column in unique -%}
    {%- do broken.append(["unique " ~ column, wrong_keys(model, [column], nulls=true)]) -%}
{%- endfor -%}
{%- for column in filled -%}
    {%- do broken.append(["filled " ~ column, "select 1 as found from " ~ model ~ " where " ~ column ~ " is null"]) -%}
{%- endfor -%}
{%- for column, values in listed.items() -%}
    {%- do broken.append(["listed " ~ column, unlisted_values(model, column, values)]) -%}
{%- endfor -%}
{%- for one in refers -%}
    {%- do broken.append([
        one['columns'] | join(', ') ~ " refers to " ~ one['to'].identifier,
        without_parent(model, one['columns'], one['to'], one.get('to_columns') or one['columns'])
    ]) -%}
{%- endfor -%}
select promises.promise, promises.wrong_rows
from (
    {%- for promise, query in broken %}
    select '{{ promise }}' as promise, count(*) as wrong_rows
    from ({{ query }}) as wrong
    {{ 'union all' if not loop.last }}
    {%- endfor %}
) as promises
where promises.wrong_rows > 0
{% endtest %}

{# Views and tables of DuckDB in one statement, inside the one transaction of the model.

   dbt's own ways make the relation under another name, rename the old one away, the new one into its place, and drop
   the old one: three statements more, each with a macro context of its own, which is a third of a view's time.
   DuckDB replaces a relation at once, and whoever reads meanwhile keeps what the transaction began with. #}
{% materialization view, adapter='duckdb' %}
    {{ return(built_in_place('view')) }}
{% endmaterialization %}


{% materialization table, adapter='duckdb' %}
    {{ return(built_in_place('table')) }}
{% endmaterialization %}


{% macro built_in_place(kind) %}
    {%- set target = this.incorporate(type=kind) -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is not none and existing.type != kind -%}
        {% do adapter.drop_relation(existing) %}
    {%- endif -%}
    {%- call statement('main') -%}
        create or replace {{ kind }} {{ target }} as (
        {{ model['compiled_code'] }}
        )
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmacro %}

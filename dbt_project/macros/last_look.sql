{# loaded_at_query of every platform: freshness means the last successful look at the source, so a table
   in which nothing changed is not stale. #}
{% macro last_look(platform, table_name) -%}
    select max(looked_at) from {{ source('ops', 'landings') }}
    where platform = '{{ platform }}' and table_name = '{{ table_name }}' and outcome = 'closed'
{%- endmacro %}

{# dbt's own question: when a row was found to be gone. Its answer is the server's clock, ours the run's; a snapshot
   names int_calendar__run_clock as a dependency. #}
{% macro snapshot_get_time() -%}
    (select as_of from {{ ref('int_calendar__run_clock') }})
{%- endmacro %}

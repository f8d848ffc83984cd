{# The statements of macros/incremental, which dbt writes only while it builds: here `make lint` reads them as
   T-SQL. dbt runs no analysis. #}
{{ config(partition_column='activity_date', partition_source='moodle.mdl_logstore_standard_log') }}
{%- if execute -%}
{{ get_incremental_replace_partitions_sql(
    {'target_relation': this, 'temp_relation': this, 'dest_columns': [{'name': 'activity_date'}]}
) }};

{{ remembered_partitions() }}
{%- endif %}

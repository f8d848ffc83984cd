{#
    Incremental strategy `replace_partitions`: delete the touched UTC days, insert them anew.

    A day is touched when its fingerprint (row count, sum of row hashes) in `ops.partition_fingerprints`,
    which the landing keeps, differs from the one this model was last built from, which stands beside the
    model in `<model>__built`. So a day that was emptied, or that a row left, is rebuilt too, and any order
    and any number of loads ends in what a full refresh gives.

    A model says: materialized='incremental', incremental_strategy='replace_partitions',
    partition_column='<its date column>', partition_source='<platform>.<table>',
    post_hook="{% raw %}{{ remember_partitions() }}{% endraw %}".
#}

{% macro get_incremental_replace_partitions_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set day = adapter.quote(config.require('partition_column')) -%}
    delete from {{ target }}
    where
        {{ day }} in (select d.partition_date from ({{ touched_partitions() }}) as d)
        or (
            {{ day }} is null
            and exists (select 1 from ({{ touched_partitions() }}) as d where d.partition_date is null)
        );

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }}
{% endmacro %}


{# A query of the days whose fingerprints differ: in staging now, or no longer in staging. Not a full join: some T-SQL
   servers join in full by equality only, and days without a date are equal, too. #}
{% macro touched_partitions() -%}
    select t.partition_date
    from (
        {{ fingerprints_now() }}
        union all
        select b.partition_date, b.row_count, b.hash_sum from {{ built_partitions() }} as b
    ) as t
    group by t.partition_date
    having count(*) <> 2 or min(t.row_count) <> max(t.row_count) or min(t.hash_sum) <> max(t.hash_sum)
{%- endmacro %}


{# The fingerprints of the model's source, as the landing keeps them: one row a day. #}
{% macro fingerprints_now() -%}
    {%- set platform, table = config.require('partition_source').split('.') -%}
    select f.partition_date, f.row_count, f.hash_sum
    from {{ source('ops', 'partition_fingerprints') }} as f
    where f.platform = '{{ platform }}' and f.table_name = '{{ table }}'
{%- endmacro %}


{# The model's memory of what it was built from. #}
{% macro built_partitions() -%}
    {{ return(this.incorporate(path={'identifier': this.identifier ~ '__built'}, type='table')) }}
{%- endmacro %}


{# Post-hook: after every build, full or incremental, the memory is today's fingerprints. #}
{% macro remember_partitions() -%}
    {%- if not execute %}{{ return('') }}{% endif -%}
    {%- call statement('remember') -%}
        {{ remembered_partitions() }}
    {%- endcall -%}
{%- endmacro %}


{# The statement that makes that memory. #}
{% macro remembered_partitions() -%}
    {{ replace_table(built_partitions(), fingerprints_now()) }}
{%- endmacro %}

{# CTEs over a landed table of a DynamoDB platform; the last one is `newest`: the newest version of each item, deleted
   ones left out (decision 033).

   What was written before the newest full export is in it, or was deleted by then, so it counts no more. Where an item
   of an export and a change have one time, the change is newer: its window began with that time. Between two changes
   of one microsecond the row hash decides, so that any order of files ends in the same rows. #}
{% macro newest_items(platform, table, key) -%}
full_exports as (
    select
        _instance,
        max(to_micros) as exported_micros
    from {{ source(platform, 'exports') }}
    where
        export_type = 'full'
        and table_name = '{{ table }}'
    group by _instance
),

ranked as (
    select
        landed.*,
        row_number() over (
            partition by landed._instance, {{ key | map('string') | join(', ') }}
            order by
                landed._written_micros desc,
                case when landed._change = 'item' then 1 else 0 end asc,
                landed._row_hash asc,
                landed._file_key asc,
                landed._offset asc
        ) as version_from_newest
    from landed
    left join full_exports on landed._instance = full_exports._instance
    where landed._written_micros >= coalesce(full_exports.exported_micros, 0)
),

newest as (
    select * from ranked
    where
        version_from_newest = 1
        and _change <> 'delete'
)
{%- endmacro %}

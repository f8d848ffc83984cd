{{ config(
    materialized='incremental',
    incremental_strategy='replace_partitions',
    partition_column='event_date',
    partition_source='edx.tracking_events',
    post_hook="{{ remember_partitions() }}"
) }}

-- A part depends on its own day alone, so that a touched day is rebuilt by itself;
-- int_edx__video_plays_joined joins parts over midnight. Later acts of a part count nowhere.
{%- set viewer_day = 'instance, event_date, account_id, course_key, block_id' -%}
{%- set in_time = 'occurred_at, act, coalesce(seek_to_seconds, at_seconds), at_seconds, video_seconds, '
    ~ 'line_hash' %}
with acts as (
    select * from {{ ref('int_edx__video_acts_counted') }}
    {%- if is_incremental() %}
    where event_date in (select touched.partition_date from ({{ touched_partitions() }}) as touched)
    {%- endif %}
),

-- A line of a patched day, or of a late one, can stand in two files.
copies as (
    select
        *,
        min(file_key) over (partition by instance, event_date, line_hash) as first_file
    from acts
),

parted as (
    select
        *,
        sum(case when act = 'play_video' then 1 else 0 end) over (
            partition by {{ viewer_day }} order by {{ in_time }}
            rows between unbounded preceding and current row
        ) as day_part
    from copies
    where file_key = first_file
),

in_order as (
    select
        *,
        row_number() over (partition by {{ viewer_day }}, day_part order by {{ in_time }}) as place
    from parted
),

told as (
    select
        *,
        case when act = 'play_video' then 1 else 0 end as plays
    from in_order
    where place = case when act = 'play_video' or day_part = 0 then 1 else 2 end
),

paired as (
    select
        instance,
        event_date,
        account_id,
        course_key,
        block_id,
        cast(day_part as bigint) as day_part,
        max(course_id) as course_id,
        max(case when plays = 1 then occurred_at end) as played_at,
        max(case when plays = 1 then at_seconds end) as played_from_seconds,
        max(case when plays = 1 then video_seconds end) as video_seconds,
        max(case when plays = 1 then player end) as player,
        max(case when plays = 1 then app end) as app,
        max(case when plays = 0 then act end) as closed_by,
        max(case when plays = 0 then occurred_at end) as closed_at,
        max(case when plays = 0 then at_seconds end) as closed_at_seconds,
        max(case when plays = 0 then seek_to_seconds end) as seek_to_seconds
    from told
    group by instance, event_date, account_id, course_key, block_id, day_part
),

final as (
    select
        *,
        {{ row_hash(
            [
                'instance', 'event_date', 'account_id', 'course_key', 'course_id', 'block_id', 'day_part',
                'played_at', 'player', 'app', 'closed_by', 'closed_at'
            ],
            ['played_from_seconds', 'video_seconds', 'closed_at_seconds', 'seek_to_seconds']
        ) }} as row_hash
    from paired
)

select * from final

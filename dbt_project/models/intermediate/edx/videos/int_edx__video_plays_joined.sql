{{ config(
    materialized='incremental',
    incremental_strategy='replace_changed',
    changes=[{'of': 'int_edx__video_parts', 'by': ['instance', 'account_id']}],
    pre_hook="{{ count_changes() }}",
    post_hook="{{ remember_changes() }}"
) }}

-- By the account: an act can close a play of weeks before, and a seek can begin one of weeks after.

{%- set viewer = 'partition by instance, account_id, course_key, block_id order by event_date, day_part' %}
with parts as (
    select parts.* from {{ ref('int_edx__video_parts') }} as parts
    {{ with_changed_keys('parts') }}
),

-- The first act of a day that comes before its first play closes what the day before left open.
in_order as (
    select
        *,
        case when closed_by is null and lead(day_part) over ({{ viewer }}) = 0 then 1 else 0 end as goes_on,
        lead(closed_by) over ({{ viewer }}) as next_closed_by,
        lead(closed_at) over ({{ viewer }}) as next_closed_at,
        lead(closed_at_seconds) over ({{ viewer }}) as next_closed_at_seconds,
        lead(seek_to_seconds) over ({{ viewer }}) as next_seek_to_seconds
    from parts
),

closed as (
    select
        instance,
        event_date,
        account_id,
        course_key,
        course_id,
        block_id,
        day_part,
        played_at,
        played_from_seconds,
        video_seconds,
        player,
        app,
        case when goes_on = 1 then next_closed_by else closed_by end as closed_by,
        case when goes_on = 1 then next_closed_at else closed_at end as closed_at,
        case when goes_on = 1 then next_closed_at_seconds else closed_at_seconds end as to_seconds,
        case when goes_on = 1 then next_seek_to_seconds else seek_to_seconds end as seek_to_seconds
    from in_order
    where day_part > 0
),

-- A play after a seek says where the seek began, or where it ended; the seek is believed.
begun as (
    select
        *,
        coalesce(lag(seek_to_seconds) over ({{ viewer }}), played_from_seconds) as from_seconds
    from closed
),

final as (
    select
        instance,
        event_date,
        account_id,
        course_key,
        course_id,
        block_id,
        day_part,
        played_at,
        closed_by,
        closed_at,
        from_seconds,
        to_seconds,
        video_seconds,
        player,
        app,
        {{ viewing_outcome('from_seconds', 'to_seconds', 'video_seconds') }} as outcome
    from begun
)

select * from final

{{ config(
    materialized='incremental',
    incremental_strategy='replace_partitions',
    partition_column='activity_date',
    partition_source='edx.tracking_events',
    post_hook="{{ remember_partitions() }}"
) }}

-- Reads the logs alone: who is a learner, and what an act counts as, can change without a change in the logs.
-- By the account that acted, as edX does: an event that says a username only counts for nobody here, nor
-- does a certificate that staff made.
with log_events as (
    select * from {{ ref('stg_edx__events') }}
    where
        user_id is not null
        and course_key is not null
        and family <> 'enrollment'
        and is_done_by_another = {{ bool(false) }}
        -- the day of the file stands in for that of a clock that cannot be (decision 074): nobody worked then
        and cast(occurred_at as date) = event_date
        {%- if is_incremental() %}
        and event_date in (select touched.partition_date from ({{ touched_partitions() }}) as touched)
        {%- endif %}
),

-- A line of a patched day, or of a late one, can stand in two files.
copies as (
    select
        *,
        min(file_key) over (partition by instance, event_date, line_hash) as first_file
    from log_events
),

acts as (
    select
        instance,
        user_id as account_id,
        course_key as course_id,
        case
            when act = 'play_video' and event_source in ('browser', 'mobile') then 'play_video'
            when act = 'problem_check' and event_source = 'server' then 'problem_checked'
            when act like 'edx.forum.%' and act like '%.created' and event_source = 'server'
                then 'forum_post_created'
            else family
        end as act,
        line_hash as act_id,
        event_date as activity_date,
        occurred_at,
        occurred_at as ended_at
    from copies
    where file_key = first_file
),

{{ activity_stretches('acts') }},

final as (
    select * from stretches
)

select * from final

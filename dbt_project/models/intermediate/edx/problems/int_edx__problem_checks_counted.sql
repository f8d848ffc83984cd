{{ config(
    materialized='incremental',
    incremental_strategy='replace_partitions',
    partition_column='event_date',
    partition_source='edx.tracking_events',
    post_hook="{{ remember_partitions() }}"
) }}

-- Reads the logs alone: who is a learner can change without a change in the logs.
with problem_events as (
    select * from {{ ref('stg_edx__problem_events') }}
    where
        is_checked_by_server = {{ bool(true) }}
        and course_key is not null
        and block_id is not null
        {%- if is_incremental() %}
        and event_date in (select touched.partition_date from ({{ touched_partitions() }}) as touched)
        {%- endif %}
),

-- A line of a patched day, or of a late one, can stand in two files.
copies as (
    select
        *,
        min(file_key) over (partition by instance, event_date, line_hash) as first_file
    from problem_events
),

counted as (
    select
        instance,
        event_date,
        line_hash,
        coalesce(user_id, username_pseudonym) as account_id,
        course_id,
        course_key,
        block_id,
        occurred_at,
        attempt_number,
        outcome,
        points_earned,
        points_possible,
        cast(answers as {{ t_text() }}) as answers,
        cast(tags as {{ t_text() }}) as tags
    from copies
    where file_key = first_file
),

final as (
    select
        *,
        {{ row_hash(
            [
                'instance', 'event_date', 'line_hash', 'account_id', 'course_id', 'course_key', 'block_id', 'occurred_at',
                'attempt_number', 'outcome', 'answers', 'tags'
            ],
            ['points_earned', 'points_possible']
        ) }} as row_hash
    from counted
)

select * from final

{{ config(
    materialized='incremental',
    incremental_strategy='replace_changed',
    changes=[{'of': 'int_edx__problem_checks_placed', 'by': ['instance', 'user_id']}],
    pre_hook="{{ count_changes() }}",
    post_hook="{{ remember_changes() }}"
) }}

-- By the account: an attempt changes which one is the last, or the first, of any day.
with checks as (
    select checks.* from {{ ref('int_edx__problem_checks_placed') }} as checks
    {{ with_changed_keys('checks') }}
),

-- A line whose clock is impossible stands on the day of its file; in two files it would stand on two days.
placed as (
    select
        *,
        min(event_date) over (partition by instance, user_id, line_hash) as first_date
    from checks
),

ranked as (
    select
        *,
        row_number() over (
            partition by instance, course_run_key, user_id, block_id
            order by event_date, occurred_at, line_hash
        ) as place,
        count(*) over (partition by instance, course_run_key, user_id, block_id) as checks
    from placed
    where event_date = first_date
),

marked as (
    select
        instance,
        line_hash,
        event_date,
        occurred_at,
        user_id,
        person_key,
        course_run_key,
        block_id,
        attempt_number,
        outcome,
        points_earned,
        points_possible,
        answers,
        tags,
        {{ flag('place = 1') }} as is_first,
        {{ flag('place = checks') }} as is_last
    from ranked
),

final as (
    select
        *,
        {{ row_hash(
            [
                'instance', 'line_hash', 'event_date', 'occurred_at', 'user_id', 'person_key', 'course_run_key',
                'block_id', 'attempt_number', 'outcome', 'is_first', 'is_last'
            ],
            ['points_earned', 'points_possible']
        ) }} as row_hash
    from marked
)

select * from final

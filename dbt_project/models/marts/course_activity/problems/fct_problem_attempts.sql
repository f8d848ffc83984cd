{{ config(
    enabled=platform_enabled('edx') or platform_enabled('moodle'),
    materialized='incremental',
    incremental_strategy='replace_changed',
    changes=[{
        'of': 'int_activity__problem_attempts_unioned',
        'by': ['platform', 'instance', 'account_key'],
    }],
    pre_hook="{{ count_changes() }}",
    post_hook="{{ remember_changes() }}"
) }}

with attempts as (
    select unioned.* from {{ ref('int_activity__problem_attempts_unioned') }} as unioned
    {{ with_changed_keys('unioned') }}
),

final as (
    select
        attempt_key,
        platform,
        instance,
        person_key,
        account_key,
        course_run_key,
        problem_id,
        attempted_on,
        attempted_at,
        attempt_number,
        outcome,
        points_earned,
        points_possible,
        {{ attempt_score_percent('points_earned', 'points_possible') }} as attempt_score_percent,
        is_first as is_first_attempt,
        is_last as is_last_attempt
    from attempts
)

select * from final

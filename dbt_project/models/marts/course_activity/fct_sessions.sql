{{ config(
    materialized='incremental',
    incremental_strategy='replace_changed',
    changes=[{'of': 'int_activity__learner_stretches', 'by': ['platform', 'instance', 'account_id'], 'as': ['platform', 'instance', 'account_key']}],
    pre_hook="{{ count_changes() }}",
    post_hook="{{ remember_changes() }}"
) }}

with stretches as (
    select learner_stretches.* from {{ ref('int_activity__learner_stretches') }} as learner_stretches
    {{ with_changed_keys('learner_stretches') }}
),

combined as (
    select
        platform,
        instance,
        person_key,
        account_id,
        session_began_at,
        min(activity_date) as session_date,
        min(first_at) as started_at,
        max(last_at) as ended_at,
        cast(sum(acts) as bigint) as acts,
        count(distinct course_run_key) as courses_visited
    from stretches
    group by platform, instance, person_key, account_id, session_began_at
),

final as (
    select
        platform,
        instance,
        person_key,
        account_id as account_key,
        session_date,
        started_at,
        ended_at,
        {{ session_seconds('started_at', 'ended_at') }} as session_seconds,
        acts,
        cast(courses_visited as bigint) as courses_visited
    from combined
)

select * from final

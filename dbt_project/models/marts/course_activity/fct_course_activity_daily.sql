{{ config(
    materialized='incremental',
    incremental_strategy='replace_changed',
    changes=[{'of': 'int_activity__learner_stretches', 'by': ['activity_date']}],
    pre_hook="{{ count_changes() }}",
    post_hook="{{ remember_changes() }}"
) }}

with stretches as (
    select learner_stretches.* from {{ ref('int_activity__learner_stretches') }} as learner_stretches
    {{ with_changed_keys('learner_stretches') }}
    where learner_stretches.label <> 'NONE'
),

final as (
    select
        platform,
        instance,
        person_key,
        place_key,
        course_run_key,
        activity_date,
        cast(sum(acts) as bigint) as active_acts,
        cast(sum(case when label = 'PLAYED_VIDEO' then acts else 0 end) as bigint) as played_video_acts,
        cast(sum(case when label = 'ATTEMPTED_PROBLEM' then acts else 0 end) as bigint)
            as attempted_problem_acts,
        cast(sum(case when label = 'POSTED_FORUM' then acts else 0 end) as bigint) as posted_forum_acts
    from stretches
    group by platform, instance, person_key, place_key, course_run_key, activity_date
)

select * from final

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
),

final as (
    select
        platform,
        instance,
        person_key,
        place_key,
        course_run_key,
        activity_date,
        cast(sum(acts) as bigint) as acts,
        cast(sum(seconds_5) as bigint) as seconds_5_minute_timeout,
        cast(sum(seconds_30) as bigint) as seconds_30_minute_timeout
    from stretches
    group by platform, instance, person_key, place_key, course_run_key, activity_date
)

select * from final

{{ config(
    materialized='incremental',
    incremental_strategy='replace_changed',
    changes=[{'of': 'int_activity__stretches_unioned', 'by': ['platform', 'instance', 'account_id']}],
    pre_hook="{{ count_changes() }}",
    post_hook="{{ remember_changes() }}"
) }}

-- By the account: work over several midnights hangs together, however many they are.
with stretches as (
    select unioned.* from {{ ref('int_activity__stretches_unioned') }} as unioned
    {{ with_changed_keys('unioned') }}
),

parts as (
    select
        platform,
        instance,
        account_id,
        activity_date,
        day_part,
        min(first_at) as started_at,
        max(last_at) as ended_at
    from stretches
    group by platform, instance, account_id, activity_date, day_part
),

-- Only a day's first part can go on from the day before; within a day, parts are apart by their making.
in_order as (
    select
        *,
        max(ended_at) over (
            partition by platform, instance, account_id order by started_at, activity_date, day_part
            rows between unbounded preceding and 1 preceding
        ) as ended_before,
        max(ended_at) over (
            partition by platform, instance, account_id order by started_at, activity_date, day_part
            rows between unbounded preceding and current row
        ) as ended_so_far,
        lead(started_at) over (
            partition by platform, instance, account_id order by started_at, activity_date, day_part
        ) as next_at,
        lead(activity_date) over (
            partition by platform, instance, account_id order by started_at, activity_date, day_part
        ) as next_date
    from parts
),

begun as (
    select
        *,
        {{ begins_session('ended_before', 'started_at') }} as begins,
        case when next_date > activity_date then next_at end as next_day_at
    from in_order
),

-- Named by its begin and not numbered: a number would change with every earlier session that comes late.
timed as (
    select
        platform,
        instance,
        account_id,
        activity_date,
        day_part,
        max(case when begins = 1 then started_at end) over (
            partition by platform, instance, account_id order by started_at, activity_date, day_part
            rows between unbounded preceding and current row
        ) as session_began_at,
        {{ seconds_on_task('ended_so_far', 'next_day_at', 5) }} as seconds_5_over_midnight,
        {{ seconds_on_task('ended_so_far', 'next_day_at', 30) }} as seconds_30_over_midnight
    from begun
),

final as (
    select
        *,
        {{ row_hash([
            'platform', 'instance', 'account_id', 'activity_date', 'day_part', 'session_began_at',
            'seconds_5_over_midnight', 'seconds_30_over_midnight'
        ]) }} as row_hash
    from timed
)

select * from final

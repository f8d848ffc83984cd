{{ config(
    materialized='incremental',
    incremental_strategy='replace_changed',
    changes=[
        {'of': 'int_activity__rows_to_date', 'by': ['platform', 'activity_date']},
        {'of': 'int_activity__learners_unioned', 'by': ['platform', 'instance', 'account_id']},
    ],
    pre_hook="{{ count_changes() }}",
    post_hook="{{ remember_changes() }}"
) }}

-- A day is made anew when an act or a session of it changed, an account when a place of it did.
-- depends_on: {{ ref('int_activity__rows_to_date') }}

with stretches as (
    select unioned.* from {{ ref('int_activity__stretches_unioned') }} as unioned
    {{ with_changed_keys('unioned') }}
),

learners as (
    select * from {{ ref('int_activity__learners_unioned') }}
),

sessions as (
    select * from {{ ref('int_activity__sessions_joined') }}
),

named_labels as (
    select * from {{ ref('activity_labels') }}
    where act <> '*'
),

other_labels as (
    select * from {{ ref('activity_labels') }}
    where act = '*'
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

dates as (
    select * from {{ ref('dim_dates') }}
),

labelled as (
    select
        stretches.platform,
        stretches.instance,
        stretches.account_id,
        learners.person_key,
        -- edX's logs spell a run's id in several ways, which the place does not
        coalesce(learners.course_run_key, stretches.place_key) as place_key,
        learners.course_run_key,
        stretches.activity_date,
        dates.week_starts_on,
        stretches.day_part,
        sessions.session_began_at,
        stretches.act,
        coalesce(named_labels.label, other_labels.label, 'NONE') as label,
        stretches.acts,
        stretches.first_at,
        stretches.last_at,
        stretches.seconds_5
        + case when stretches.is_last_of_day = 1 then sessions.seconds_5_over_midnight else 0 end
            as seconds_5,
        stretches.seconds_30
        + case when stretches.is_last_of_day = 1 then sessions.seconds_30_over_midnight else 0 end
            as seconds_30
    from stretches
    inner join learners
        on stretches.platform = learners.platform
        and stretches.instance = learners.instance
        and stretches.account_id = learners.account_id
        and stretches.place_key = learners.place_key
    inner join sessions
        on stretches.platform = sessions.platform
        and stretches.instance = sessions.instance
        and stretches.account_id = sessions.account_id
        and stretches.activity_date = sessions.activity_date
        and stretches.day_part = sessions.day_part
    left join named_labels
        on stretches.platform = named_labels.platform
        and stretches.act = named_labels.act
    left join other_labels on stretches.platform = other_labels.platform
    inner join dates on stretches.activity_date = dates.date_day
    cross join run_clock
    where
        stretches.activity_date <= run_clock.as_of_date
        and stretches.activity_date >= cast('{{ var('calendar_starts_on') }}' as date)
),

final as (
    select
        *,
        {{ row_hash([
            'platform', 'instance', 'account_id', 'person_key', 'place_key', 'course_run_key', 'activity_date',
            'week_starts_on', 'day_part', 'session_began_at', 'act', 'label', 'acts', 'first_at', 'last_at',
            'seconds_5', 'seconds_30'
        ]) }} as row_hash
    from labelled
)

select * from final

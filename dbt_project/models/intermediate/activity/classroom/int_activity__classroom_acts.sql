with logins as (
    select * from {{ ref('stg_classroom__logins') }}
),

lessons as (
    select * from {{ ref('stg_classroom__lessons') }}
),

scores as (
    select * from {{ ref('stg_classroom__scores') }}
),

progress as (
    select * from {{ ref('stg_classroom__progress') }}
),

-- last_activity_at moves on and would take back counted days (decision 014); a login is in no class.
all_acts as (
    select
        instance,
        user_id,
        cast(null as bigint) as lesson_id,
        'login' as act,
        login_id as act_id,
        logged_in_at as occurred_at
    from logins
    union all
    select
        instance,
        user_id,
        lesson_id,
        'lesson_opened' as act,
        lesson_id as act_id,
        first_opened_at as occurred_at
    from progress
    union all
    select
        instance,
        user_id,
        lesson_id,
        'lesson_completed' as act,
        lesson_id as act_id,
        completed_at as occurred_at
    from progress
    union all
    select
        instance,
        user_id,
        lesson_id,
        'attempt_submitted' as act,
        score_id as act_id,
        submitted_at as occurred_at
    from scores
),

placed as (
    select
        all_acts.instance,
        all_acts.user_id,
        lessons.class_id,
        case
            when all_acts.act = 'lesson_completed' and lower(lessons.lesson_type) = 'recorded'
                then 'recorded_lesson_completed'
            else all_acts.act
        end as act,
        all_acts.act_id,
        all_acts.occurred_at
    from all_acts
    left join lessons
        on all_acts.instance = lessons.instance
        and all_acts.lesson_id = lessons.lesson_id
    where
        all_acts.user_id is not null
        and all_acts.occurred_at is not null
        and (all_acts.act = 'login' or lessons.class_id is not null)
),

final as (
    select
        instance,
        user_id as account_id,
        class_id as course_id,
        act,
        act_id,
        cast(occurred_at as date) as activity_date,
        occurred_at,
        occurred_at as ended_at
    from placed
)

select * from final

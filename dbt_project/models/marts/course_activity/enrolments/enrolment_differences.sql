with differences as (
    select * from {{ ref('int_edx__enrolments_compared') }}
    where difference is not null
),

users as (
    select * from {{ ref('int_edx__users') }}
),

course_staff as (
    select * from {{ ref('int_edx__course_staff') }}
),

accounts as (
    select * from {{ ref('int_people__accounts') }}
    where platform = 'edx'
),

final as (
    select
        differences.instance,
        differences.course_id,
        differences.course_run_key,
        differences.user_id as account_key,
        accounts.person_key,
        case
            when users.user_id is null then 'unknown'
            when users.account_kind = 'learner' and course_staff.user_id is not null then 'course_team'
            else users.account_kind
        end as account_kind,
        differences.difference,
        {{ enrolment_difference_in_words('differences.difference') }} as difference_in_words,
        differences.is_enrolled_in_snapshot,
        differences.is_enrolled_in_logs,
        differences.mode_in_snapshot,
        differences.mode_in_logs,
        differences.snapshot_date,
        differences.enrolled_at,
        differences.first_act_at,
        differences.last_act_at,
        coalesce(differences.activations, 0) as activations,
        coalesce(differences.deactivations, 0) as deactivations,
        coalesce(differences.mode_changes, 0) as mode_changes
    from differences
    left join users
        on differences.instance = users.instance
        and differences.user_id = users.user_id
    left join course_staff
        on differences.instance = course_staff.instance
        and differences.entity = course_staff.entity
        and differences.user_id = course_staff.user_id
    left join accounts
        on users.instance = accounts.instance
        and users.user_id = accounts.account_id
)

select * from final

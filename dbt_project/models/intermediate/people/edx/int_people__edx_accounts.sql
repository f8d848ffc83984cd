with users as (
    select * from {{ ref('int_edx__users') }}
),

enrolments as (
    select * from {{ ref('stg_edx__enrollments') }}
),

course_staff as (
    select * from {{ ref('int_edx__course_staff') }}
),

enrolled as (
    select distinct
        enrolments.instance,
        enrolments.user_id
    from enrolments
    left join course_staff
        on enrolments.instance = course_staff.instance
        and enrolments.entity = course_staff.entity
        and enrolments.user_id = course_staff.user_id
    where course_staff.user_id is null
),

teaching as (
    select distinct
        instance,
        user_id
    from course_staff
    where is_teacher = {{ bool(true) }}
),

final as (
    select
        users.instance,
        users.user_id as account_id,
        users.email_pseudonym,
        users.account_kind,
        users.email_domain_class,
        case
            when enrolled.user_id is not null then 'learner'
            when teaching.user_id is not null then 'teacher'
            else 'platform_user'
        end as account_role,
        cast(null as {{ t_text(20) }}) as school_urn,
        {{ flag("users.account_kind = 'retired'") }} as is_deleted,
        cast(null as {{ t_timestamp() }}) as closed_at,
        users.created_at as first_seen_at,
        users.last_logged_in_at as last_seen_at
    from users
    left join enrolled
        on users.instance = enrolled.instance
        and users.user_id = enrolled.user_id
    left join teaching
        on users.instance = teaching.instance
        and users.user_id = teaching.user_id
)

select * from final

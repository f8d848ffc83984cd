with access_roles as (
    select * from {{ ref('stg_edx__course_access_roles') }}
),

forum_roles as (
    select * from {{ ref('stg_edx__forum_roles') }}
),

course_runs as (
    select * from {{ ref('int_edx__course_runs') }}
),

-- A role without a course is one on all courses of the organisation, whichever course's file it stands in.
held as (
    select
        access_roles.instance,
        course_runs.entity,
        access_roles.user_id,
        case when access_roles.role in ('instructor', 'staff', 'limited_staff', 'ccx_coach') then 1 else 0 end
            as teaches
    from access_roles
    inner join course_runs
        on access_roles.instance = course_runs.instance
        and (
            access_roles.entity = course_runs.entity
            or (
                access_roles.course_key is null
                and lower(access_roles.org) = lower(course_runs.organisation)
            )
        )
    union all
    select
        instance,
        entity,
        user_id,
        0 as teaches
    from forum_roles
    where role in ('Administrator', 'Moderator', 'Group Moderator', 'Community TA')
),

final as (
    select
        instance,
        entity,
        user_id,
        {{ flag('max(teaches) = 1') }} as is_teacher
    from held
    group by instance, entity, user_id
)

select * from final

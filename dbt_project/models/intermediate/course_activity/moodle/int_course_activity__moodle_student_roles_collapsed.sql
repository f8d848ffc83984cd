with role_assignments as (
    select * from {{ ref('stg_moodle__role_assignments') }}
),

roles as (
    select * from {{ ref('stg_moodle__roles') }}
    where archetype = 'student'
),

course_contexts as (
    select * from {{ ref('stg_moodle__contexts') }}
    where course_id is not null
),

final as (
    select distinct
        role_assignments.instance,
        role_assignments.user_id,
        course_contexts.course_id
    from role_assignments
    inner join roles
        on role_assignments.instance = roles.instance
        and role_assignments.role_id = roles.role_id
    inner join course_contexts
        on role_assignments.instance = course_contexts.instance
        and role_assignments.context_id = course_contexts.context_id
)

select * from final

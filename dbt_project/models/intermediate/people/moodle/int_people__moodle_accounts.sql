with users as (
    select * from {{ ref('stg_moodle__users') }}
),

role_assignments as (
    select * from {{ ref('stg_moodle__role_assignments') }}
),

roles as (
    select * from {{ ref('stg_moodle__roles') }}
),

course_contexts as (
    select * from {{ ref('stg_moodle__contexts') }}
    where course_id is not null
),

-- A site names its roles as it likes; the archetype tells what a role is (decision 020).
held as (
    select
        role_assignments.instance,
        role_assignments.user_id,
        max(case when roles.archetype = 'student' then 1 else 0 end) as learns,
        max(case when roles.archetype in ('teacher', 'editingteacher') then 1 else 0 end) as teaches
    from role_assignments
    inner join roles
        on role_assignments.instance = roles.instance
        and role_assignments.role_id = roles.role_id
    inner join course_contexts
        on role_assignments.instance = course_contexts.instance
        and role_assignments.context_id = course_contexts.context_id
    group by role_assignments.instance, role_assignments.user_id
),

final as (
    select
        users.instance,
        users.user_id as account_id,
        users.email_pseudonym,
        users.account_kind,
        users.email_domain_class,
        case
            when held.learns = 1 then 'learner'
            when held.teaches = 1 then 'teacher'
            else 'platform_user'
        end as account_role,
        users.is_deleted,
        users.created_at as first_seen_at,
        users.last_accessed_at as last_seen_at
    from users
    left join held
        on users.instance = held.instance
        and users.user_id = held.user_id
)

select * from final

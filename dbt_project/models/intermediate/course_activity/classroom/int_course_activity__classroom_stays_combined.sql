with stays as (
    select * from {{ ref('stg_classroom__class_members') }}
    where lower(role) = 'student'
),

users as (
    select * from {{ ref('stg_classroom__users') }}
),

measured_accounts as (
    select * from {{ ref('int_people__measured_accounts') }}
    where
        platform = 'classroom'
        and is_closed = {{ bool(false) }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

-- A learner may leave and come back: one stay that is open is enough to be there.
combined as (
    select
        instance,
        user_id,
        class_id,
        min(joined_at) as joined_at,
        case when count(*) = count(left_at) then max(left_at) end as left_at
    from stays
    group by instance, user_id, class_id
),

placed as (
    select
        combined.*,
        measured_accounts.person_key,
        {{ flag("lower(users.status) = 'disabled'") }} as is_disabled,
        run_clock.as_of
    from combined
    inner join users
        on combined.instance = users.instance
        and combined.user_id = users.user_id
    inner join measured_accounts
        on combined.instance = measured_accounts.instance
        and combined.user_id = measured_accounts.account_id
    cross join run_clock
),

final as (
    select
        instance,
        user_id,
        class_id,
        person_key,
        {{ membership_status('joined_at', 'left_at', 'is_disabled', 'as_of') }} as status,
        joined_at,
        left_at
    from placed
)

select * from final

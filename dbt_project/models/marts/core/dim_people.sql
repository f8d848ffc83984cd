with accounts as (
    select * from {{ ref('int_people__accounts') }}
),

addresses as (
    select * from {{ ref('int_people__addresses_shared') }}
),

flagged as (
    select
        person_key,
        max(case when is_shared = {{ bool(true) }} then 1 else 0 end) as shared,
        max(case when is_reused = {{ bool(true) }} then 1 else 0 end) as reused
    from addresses
    group by person_key
),

-- One of a person's accounts is enough to make the person staff or a machine; all must be gone to retire one.
counted as (
    select
        person_key,
        count(*) as accounts,
        count(distinct platform) as platforms,
        sum(case when account_role = 'school_contact' then 1 else 0 end) as contact_accounts,
        sum(case when account_role <> 'school_contact' then 1 else 0 end) as user_accounts,
        sum(case when account_role = 'learner' then 1 else 0 end) as learner_accounts,
        sum(case when account_role = 'teacher' then 1 else 0 end) as teacher_accounts,
        sum(case when account_kind = 'staff' then 1 else 0 end) as staff_accounts,
        sum(case when account_kind in ('guest', 'generator') then 1 else 0 end) as test_accounts,
        sum(case when account_kind = 'bot' then 1 else 0 end) as bot_accounts,
        sum(case when account_kind = 'retired' or is_deleted = {{ bool(true) }} then 1 else 0 end)
            as retired_accounts,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from accounts
    group by person_key
),

final as (
    select
        counted.person_key,
        counted.accounts,
        counted.platforms,
        {{ flag('contact_accounts > 0') }} as is_school_contact,
        {{ flag('user_accounts > 0') }} as is_platform_user,
        {{ flag('learner_accounts > 0') }} as is_learner,
        {{ flag('teacher_accounts > 0') }} as is_teacher,
        {{ flag('staff_accounts > 0') }} as is_staff,
        {{ flag('test_accounts > 0') }} as is_test,
        {{ flag('bot_accounts > 0') }} as is_bot,
        {{ flag('retired_accounts = accounts') }} as is_retired,
        {{ flag('flagged.shared = 1') }} as has_shared_email,
        {{ flag('flagged.reused = 1') }} as has_reused_email,
        counted.first_seen_at,
        counted.last_seen_at
    from counted
    left join flagged on counted.person_key = flagged.person_key
)

select * from final

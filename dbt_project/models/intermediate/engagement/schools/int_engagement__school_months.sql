with account_days as (
    select * from {{ ref('int_engagement__account_days') }}
),

dated as (
    select
        account_days.*,
        {{ month_start('activity_date') }} as month
    from account_days
    where school_urn is not null
),

final as (
    select
        platform,
        {{ joined(["'urn:'", 'school_urn']) }} as school_key,
        month,
        {{ active_learners('account_role', 'person_key') }} as active_learners,
        {{ active_teachers('account_role', 'person_key') }} as active_teachers,
        cast(sum(activities) as bigint) as activity_count,
        max(activity_date) as last_active_on
    from dated
    group by platform, school_urn, month
)

select * from final

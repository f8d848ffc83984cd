{{ config(materialized='table') }}

with platform_days as (
    select * from {{ ref('int_engagement__platform_days') }}
),

accounts as (
    select * from {{ ref('int_people__measured_accounts') }}
    where account_role in ('learner', 'teacher')
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

final as (
    select
        platform_days.platform,
        platform_days.instance,
        platform_days.account_id,
        accounts.person_key,
        accounts.account_role,
        accounts.school_urn,
        platform_days.activity_date,
        platform_days.activities
    from platform_days
    inner join accounts
        on platform_days.platform = accounts.platform
        and platform_days.instance = accounts.instance
        and platform_days.account_id = accounts.account_id
    cross join run_clock
    where
        platform_days.activity_date <= run_clock.as_of_date
        and platform_days.activity_date >= cast('{{ var('calendar_starts_on') }}' as date)
)

select * from final

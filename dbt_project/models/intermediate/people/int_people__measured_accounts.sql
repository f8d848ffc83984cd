with accounts as (
    select * from {{ ref('int_people__accounts') }}
),

-- One account of our own staff, of a machine or for tests is enough: the same rule as in dim_people.
unmeasured_people as (
    select distinct person_key from accounts
    where account_kind in ('staff', 'bot', 'guest', 'generator')
),

final as (
    select
        accounts.platform,
        accounts.instance,
        accounts.account_id,
        accounts.person_key,
        accounts.account_role,
        accounts.school_urn,
        {{ flag("accounts.account_kind = 'retired' or accounts.is_deleted = " ~ bool(true)) }} as is_closed
    from accounts
    left join unmeasured_people on accounts.person_key = unmeasured_people.person_key
    where
        unmeasured_people.person_key is null
        and accounts.account_kind in ('learner', 'retired')
        and accounts.account_role <> 'school_contact'
)

select * from final

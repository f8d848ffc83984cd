with addresses as (
    select * from {{ ref('int_people__addresses_shared') }}
),

final as (
    select
        platform,
        instance,
        person_key,
        accounts,
        open_accounts,
        learner_accounts,
        is_shared,
        is_reused
    from addresses
)

select * from final

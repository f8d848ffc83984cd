with users as (
    select * from {{ ref('stg_moodle__users') }}
),

accounts as (
    select * from {{ ref('int_people__accounts') }}
    where platform = 'moodle'
),

final as (
    select
        users.instance,
        users.user_id,
        accounts.person_key,
        users.is_suspended
    from users
    inner join accounts
        on users.instance = accounts.instance
        and users.user_id = accounts.account_id
    where
        users.account_kind = 'learner'
        and users.is_deleted = {{ bool(false) }}
)

select * from final

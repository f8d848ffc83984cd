-- Platforms join people, so only accounts of one platform and instance tell that one address has several holders.
with accounts as (
    select * from {{ ref('int_people__accounts') }}
),

-- What is not known lengthens the account's life: it counts as open from ever, and for ever.
lives as (
    select
        platform,
        instance,
        account_id,
        person_key,
        account_role,
        closed_at,
        coalesce(first_seen_at, cast('1900-01-01' as {{ t_timestamp() }})) as opened_at,
        coalesce(closed_at, cast('9999-12-31' as {{ t_timestamp() }})) as open_until
    from accounts
),

-- Of all accounts of the address that were opened before: which was closed last, and which first.
compared as (
    select
        lives.*,
        max(open_until) over (
            partition by platform, instance, person_key order by opened_at, account_id
            rows between unbounded preceding and 1 preceding
        ) as last_closed_before,
        min(open_until) over (
            partition by platform, instance, person_key order by opened_at, account_id
            rows between unbounded preceding and 1 preceding
        ) as first_closed_before
    from lives
),

counted as (
    select
        platform,
        instance,
        person_key,
        count(*) as accounts,
        sum(case when closed_at is null then 1 else 0 end) as open_accounts,
        sum(case when account_role = 'learner' then 1 else 0 end) as learner_accounts,
        max(case when last_closed_before > opened_at then 1 else 0 end) as shared,
        max(case when first_closed_before <= opened_at then 1 else 0 end) as reused
    from compared
    group by platform, instance, person_key
),

final as (
    select
        platform,
        instance,
        person_key,
        accounts,
        cast(open_accounts as bigint) as open_accounts,
        cast(learner_accounts as bigint) as learner_accounts,
        {{ flag('shared = 1') }} as is_shared,
        {{ flag('reused = 1') }} as is_reused
    from counted
    where accounts > 1
)

select * from final

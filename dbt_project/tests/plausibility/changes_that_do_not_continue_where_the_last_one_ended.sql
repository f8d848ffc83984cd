{{ config(severity='warn') }}
{# What: changes whose value before is not the value after of the change that took effect before it.
   When: a change is missing (deleted, in quarantine) or two contradict each other; the value between
   them is then in doubt. Resolve: replay the quarantine, else correct the changes in the subscription
   service. #}
with changes as (
    select
        instance,
        subscription_id,
        change_id,
        annual_value_before,
        lag(annual_value_after) over (
            partition by instance, subscription_id
            order by effective_on, recorded_at, change_id
        ) as annual_value_reached
    from {{ ref('stg_subscriptions__subscription_changes') }}
)

select * from changes
where annual_value_before <> annual_value_reached

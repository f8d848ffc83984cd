with terms as (
    select * from {{ ref('int_subscriptions__terms') }}
),

changes as (
    select * from {{ ref('stg_subscriptions__subscription_changes') }}
),

paid_terms as (
    select
        terms.*,
        {{ counted_to('last_covered_on', 'renewal_starts_on') }} as counted_to
    from terms
    where is_trial = {{ bool(false) }}
),

-- Changes in the order in which they take effect, whenever they were entered.
ordered_changes as (
    select
        paid_terms.term_key,
        changes.effective_on,
        changes.annual_value_before,
        changes.annual_value_after,
        changes.seats_before,
        changes.seats_after,
        row_number() over (
            partition by paid_terms.term_key
            order by changes.effective_on, changes.recorded_at, changes.change_id
        ) as step
    from paid_terms
    inner join changes
        on paid_terms.instance = changes.instance
        and paid_terms.subscription_id = changes.subscription_id
),

steps as (
    select
        paid_terms.term_key,
        0 as step,
        paid_terms.starts_on as effective_on,
        coalesce(ordered_changes.annual_value_before, paid_terms.annual_value) as annual_value,
        coalesce(ordered_changes.seats_before, paid_terms.seats) as seats
    from paid_terms
    left join ordered_changes
        on paid_terms.term_key = ordered_changes.term_key
        and ordered_changes.step = 1
    union all
    select
        term_key,
        step,
        effective_on,
        annual_value_after as annual_value,
        seats_after as seats
    from ordered_changes
),

followed as (
    select
        term_key,
        effective_on,
        annual_value,
        seats,
        lead(effective_on) over (partition by term_key order by step) as next_effective_on
    from steps
),

clipped as (
    select
        paid_terms.term_key,
        paid_terms.school_key,
        paid_terms.product_key,
        paid_terms.currency,
        followed.annual_value,
        followed.seats,
        case
            when followed.effective_on > paid_terms.starts_on then followed.effective_on
            else paid_terms.starts_on
        end as valid_from,
        case
            when followed.next_effective_on <= paid_terms.counted_to
                then {{ add_days('followed.next_effective_on', -1) }}
            else paid_terms.counted_to
        end as valid_to
    from followed
    inner join paid_terms on followed.term_key = paid_terms.term_key
),

-- Two changes of one day, or a change before the term began, leave a period without days.
final as (
    select * from clipped
    where valid_from <= valid_to
)

select * from final

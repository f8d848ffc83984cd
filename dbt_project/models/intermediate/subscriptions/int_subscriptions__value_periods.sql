with value_steps as (
    select * from {{ ref('int_subscriptions__value_steps') }}
),

followed as (
    select
        value_steps.*,
        lead(effective_on) over (partition by term_key order by step) as next_effective_on
    from value_steps
),

periods as (
    select
        term_key,
        school_key,
        product_key,
        currency,
        annual_value,
        seats,
        effective_on as valid_from,
        case
            when next_effective_on is null then counted_to
            else {{ add_days('next_effective_on', -1) }}
        end as valid_to
    from followed
),

-- Two changes of one day, or a change before the term began, leave a period without days.
final as (
    select * from periods
    where valid_from <= valid_to
)

select * from final

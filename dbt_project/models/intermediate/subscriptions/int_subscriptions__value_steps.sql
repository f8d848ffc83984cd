with terms as (
    select * from {{ ref('int_subscriptions__terms') }}
    where is_trial = {{ bool(false) }}
),

changes as (
    select * from {{ ref('stg_subscriptions__subscription_changes') }}
),

-- Changes in the order in which they take effect, whenever they were entered.
ordered_changes as (
    select
        terms.term_key,
        changes.*,
        row_number() over (
            partition by terms.term_key
            order by changes.effective_on, changes.recorded_at, changes.change_id
        ) as step
    from terms
    inner join changes
        on terms.instance = changes.instance
        and terms.subscription_id = changes.subscription_id
),

first_seats_named as (
    select
        term_key,
        seats_before,
        row_number() over (partition by term_key order by step) as place
    from ordered_changes
    where seats_before is not null
),

steps as (
    select
        terms.term_key,
        0 as step,
        terms.starts_on as effective_on,
        coalesce(ordered_changes.annual_value_before, terms.annual_value) as annual_value,
        coalesce(first_seats_named.seats_before, terms.seats) as seats,
        cast(null as bigint) as change_id,
        cast(null as {{ t_text(20) }}) as change_type,
        terms.created_at as recorded_at
    from terms
    left join ordered_changes
        on terms.term_key = ordered_changes.term_key
        and ordered_changes.step = 1
    left join first_seats_named
        on terms.term_key = first_seats_named.term_key
        and first_seats_named.place = 1
    union all
    select
        term_key,
        step,
        effective_on,
        annual_value_after as annual_value,
        seats_after as seats,
        change_id,
        change_type,
        recorded_at
    from ordered_changes
),

-- A change that says nothing of the seats leaves them as they were.
seated as (
    select
        steps.*,
        sum(case when seats is null then 0 else 1 end) over (
            partition by term_key
            order by step
            rows between unbounded preceding and current row
        ) as seats_named
    from steps
),

clipped as (
    select
        terms.term_key,
        terms.school_key,
        terms.product_key,
        terms.currency,
        terms.instance,
        terms.subscription_id,
        terms.counted_to,
        seated.step,
        case
            when seated.effective_on > terms.starts_on then seated.effective_on
            else terms.starts_on
        end as effective_on,
        seated.annual_value,
        max(seated.seats) over (partition by seated.term_key, seated.seats_named) as seats,
        seated.change_id,
        seated.change_type,
        seated.recorded_at
    from seated
    inner join terms on seated.term_key = terms.term_key
),

final as (
    select * from clipped
    where effective_on <= counted_to
)

select * from final

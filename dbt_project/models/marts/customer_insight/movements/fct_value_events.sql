with value_steps as (
    select * from {{ ref('int_subscriptions__value_steps') }}
),

terms as (
    select * from {{ ref('int_subscriptions__terms') }}
),

term_causes as (
    select * from {{ ref('int_subscriptions__term_causes') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

-- A term without value counts nowhere, nor do its seats.
counted_steps as (
    select
        value_steps.*,
        case when annual_value > 0 then annual_value else 0 end as counted_value,
        case when annual_value > 0 then seats else 0 end as counted_seats
    from value_steps
),

followed as (
    select
        counted_steps.*,
        coalesce(lag(counted_value) over (partition by term_key order by step), 0) as value_before,
        coalesce(lag(counted_seats) over (partition by term_key order by step), 0) as seats_before,
        row_number() over (partition by term_key order by step desc) as last_first
    from counted_steps
),

events as (
    select
        followed.term_key,
        followed.step,
        case when followed.step = 0 then 'start' else 'change' end as event_type,
        followed.effective_on,
        case
            when followed.step = 0 then term_causes.start_cause
            else {{ change_cause('followed.change_type') }}
        end as cause,
        cast(null as {{ t_text(40) }}) as reason,
        followed.value_before,
        followed.counted_value as value_after,
        followed.seats_before,
        followed.counted_seats as seats_after,
        case when followed.step = 0 then 'subscriptions' else 'subscription_changes' end as source_table,
        coalesce(followed.change_id, followed.subscription_id) as source_id,
        followed.recorded_at
    from followed
    inner join term_causes on followed.term_key = term_causes.term_key
    union all
    select
        followed.term_key,
        followed.step + 1 as step,
        'end' as event_type,
        {{ add_days('followed.counted_to', 1) }} as effective_on,
        term_causes.end_cause as cause,
        term_causes.end_reason as reason,
        followed.counted_value as value_before,
        0 as value_after,
        followed.counted_seats as seats_before,
        0 as seats_after,
        'subscriptions' as source_table,
        followed.subscription_id as source_id,
        cast(terms.cancelled_on as {{ t_timestamp() }}) as recorded_at
    from followed
    inner join terms on followed.term_key = terms.term_key
    inner join term_causes on followed.term_key = term_causes.term_key
    where followed.last_first = 1
),

final as (
    select
        {{ joined(['events.term_key', "':'", 'events.step']) }} as event_key,
        events.term_key,
        terms.school_key,
        terms.product_key,
        terms.currency,
        {{ month_start('events.effective_on') }} as month,
        events.effective_on,
        events.event_type,
        events.cause,
        events.reason,
        events.value_before,
        events.value_after,
        events.value_after - events.value_before as value_delta,
        events.seats_after - events.seats_before as seats_delta,
        {{ flag('cast(events.recorded_at as date) > events.effective_on') }} as is_back_dated,
        terms.instance,
        events.source_table,
        events.source_id,
        events.recorded_at
    from events
    inner join terms on events.term_key = terms.term_key
    cross join run_clock
    where events.effective_on <= {{ month_end('run_clock.last_complete_month') }}
)

select * from final

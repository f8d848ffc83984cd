{# What: schools that were customers in some month and have no journey, or began theirs after that month.
   When: the two read paid terms differently. Resolve: compare int_acquisition__paid_terms with the
   movements of the school. #}
with first_months as (
    select
        school_key,
        min(month) as month
    from {{ ref('fct_customer_movements') }}
    where closing_value > 0
    group by school_key
)

select
    first_months.school_key,
    first_months.month,
    journeys.first_paid_on
from first_months
left join {{ ref('customer_journeys') }} as journeys on first_months.school_key = journeys.school_key
where journeys.school_key is null
    or journeys.first_paid_on > {{ month_end('first_months.month') }}

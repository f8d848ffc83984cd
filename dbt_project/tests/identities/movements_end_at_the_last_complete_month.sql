{# What: rows of a month that is not over at as of, or of one before the calendar begins. When: always
   our fault. Resolve: int_subscriptions__month_end_values takes its months from dim_dates and the run
   clock. #}
select
    movements.school_key,
    movements.month
from {{ ref('fct_subscription_movements') }} as movements
cross join {{ ref('int_calendar__run_clock') }} as run_clock
where movements.month > run_clock.last_complete_month

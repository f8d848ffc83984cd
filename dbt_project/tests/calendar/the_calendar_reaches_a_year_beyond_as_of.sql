{# What: the calendar stops too early. When: its day spine of 10,000 days is used up, 27 years after
   `calendar_starts_on`. Resolve: set `calendar_starts_on` later in dbt_project.yml. #}
with run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

last_day as (
    select max(date_day) as date_day from {{ ref('dim_dates') }}
)

select last_day.date_day
from last_day
cross join run_clock
where last_day.date_day is null
    or last_day.date_day <> {{ add_months('run_clock.as_of_date', 12) }}

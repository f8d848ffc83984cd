{# What: platforms whose last cumulative count is not the number of people who ever learned there. When:
   always a fault of our SQL. Resolve: see macros/measures/cumulative_learners.sql. #}
with learners_ever as (
    select
        platform,
        count(distinct person_key) as learners
    from {{ ref('int_engagement__account_days') }}
    where account_role = 'learner'
    group by platform
),

last_counts as (
    select
        platform,
        max(cumulative_learners) as learners
    from {{ ref('attendance_daily') }}
    group by platform
)

select learners_ever.platform
from learners_ever
left join last_counts on learners_ever.platform = last_counts.platform
where coalesce(last_counts.learners, -1) <> learners_ever.learners

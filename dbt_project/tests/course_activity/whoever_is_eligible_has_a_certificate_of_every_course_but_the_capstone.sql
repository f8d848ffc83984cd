{# What: people who are eligible for a capstone and lack an earned certificate of a course before it, as the
   certificates tell. When: always a fault of our SQL. Resolve: see int_edx__programme_courses_judged; both read
   int_edx__results_combined. #}
{{ config(enabled=platform_enabled('edx')) }}

with eligible as (
    select
        programme_id,
        person_key
    from {{ ref('capstone_eligibility') }}
    where is_eligible = {{ bool(true) }}
),

needed as (
    select
        programme_id,
        course_number
    from {{ ref('dim_programmes') }}
    where role <> 'capstone'
),

earned as (
    select distinct
        certificates.person_key,
        lower(course_runs.course_number) as course_number
    from {{ ref('certificates') }} as certificates
    inner join {{ ref('dim_course_runs') }} as course_runs
        on certificates.course_run_key = course_runs.course_run_key
    where
        certificates.is_earned = {{ bool(true) }}
        and certificates.is_paid = {{ bool(true) }}
)

select
    eligible.programme_id,
    eligible.person_key,
    needed.course_number
from eligible
inner join needed on eligible.programme_id = needed.programme_id
left join earned
    on eligible.person_key = earned.person_key
    and lower(needed.course_number) = earned.course_number
where earned.person_key is null

{# What: course runs and days where the enrolments of all modes are not the sum of the changes up to the day.
   When: always a fault of our SQL, never of the data. Resolve: follow the run through int_enrolments__person_states. #}
{{ config(
    enabled=platform_enabled('moodle') or platform_enabled('classroom') or platform_enabled('edx')
) }}

with daily as (
    select
        course_run_key,
        enrolment_date,
        sum(enrolments) as enrolments,
        sum(enrolments_change) as enrolments_change
    from {{ ref('fct_enrolments_daily') }}
    group by course_run_key, enrolment_date
),

summed as (
    select
        *,
        sum(enrolments_change) over (
            partition by course_run_key order by enrolment_date
            rows between unbounded preceding and current row
        ) as changes_so_far
    from daily
)

select * from summed
where enrolments <> changes_so_far or enrolments < 0

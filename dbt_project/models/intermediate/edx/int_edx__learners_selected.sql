{{ config(materialized='table') }}

with enrolments as (
    select * from {{ ref('stg_edx__enrollments') }}
),

course_grades as (
    select * from {{ ref('stg_edx__course_grades') }}
),

certificates as (
    select * from {{ ref('stg_edx__certificates') }}
),

users as (
    select * from {{ ref('int_edx__users') }}
    where account_kind = 'learner'
),

accounts as (
    select * from {{ ref('int_people__accounts') }}
    where platform = 'edx'
),

course_runs as (
    select * from {{ ref('int_edx__course_runs') }}
),

course_staff as (
    select * from {{ ref('int_edx__course_staff') }}
),

-- Tables of one snapshot are read one after the other, so a certificate can be there before its enrolment.
present as (
    select
        instance,
        entity,
        user_id
    from enrolments
    union
    select
        instance,
        entity,
        user_id
    from course_grades
    union
    select
        instance,
        entity,
        user_id
    from certificates
),

final as (
    select
        present.instance,
        present.entity,
        present.user_id,
        accounts.person_key,
        course_runs.course_run_key
    from present
    inner join course_runs
        on present.instance = course_runs.instance
        and present.entity = course_runs.entity
    inner join users
        on present.instance = users.instance
        and present.user_id = users.user_id
    inner join accounts
        on users.instance = accounts.instance
        and users.user_id = accounts.account_id
    left join course_staff
        on present.instance = course_staff.instance
        and present.entity = course_staff.entity
        and present.user_id = course_staff.user_id
    where course_staff.user_id is null
)

select * from final

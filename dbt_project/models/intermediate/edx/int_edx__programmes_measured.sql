{{ config(materialized='table') }}

with course_standings as (
    select * from {{ ref('int_edx__programme_courses_judged') }}
),

programmes as (
    select * from {{ ref('programmes') }}
),

people as (
    select distinct
        programme_id,
        person_key
    from course_standings
),

-- One row a learner and course of the programme, courses not begun included.
placed as (
    select
        people.programme_id,
        people.person_key,
        programmes.course_number,
        case when programmes.role = 'capstone' then 0 else 1 end as needed,
        coalesce(course_standings.standing, 'not taken') as standing,
        course_standings.earned_at,
        case when course_standings.is_enrolled = {{ bool(true) }} then 1 else 0 end as enrolled,
        case when course_standings.is_enrolled_in_required_mode = {{ bool(true) }} then 1 else 0 end
            as paying,
        course_standings.first_enrolled_at
    from people
    inner join programmes on people.programme_id = programmes.programme_id
    left join course_standings
        on people.programme_id = course_standings.programme_id
        and people.person_key = course_standings.person_key
        and programmes.course_number = course_standings.course_number
),

missing as (
    select
        programme_id,
        person_key,
        {{ ordered_list(why_not_eligible('course_number', 'standing'), '; ', ['course_number']) }}
            as why_not_eligible
    from placed
    where needed = 1
    group by programme_id, person_key
),

counted as (
    select
        programme_id,
        person_key,
        count(*) as courses,
        cast(sum(needed) as bigint) as courses_needed,
        cast(sum(case when needed = 1 and standing = 'passed' then 1 else 0 end) as bigint) as courses_passed,
        cast(sum(case when needed = 1 and standing = 'wrong_mode' then 1 else 0 end) as bigint)
            as courses_passed_in_wrong_mode,
        cast(sum(case when needed = 1 and standing = 'uncertified' then 1 else 0 end) as bigint)
            as courses_awaiting_certificate,
        cast(sum(case when needed = 1 then enrolled else 0 end) as bigint) as courses_enrolled,
        sum(case when needed = 0 then 1 else 0 end) as capstones,
        sum(case when needed = 0 and standing = 'passed' then 1 else 0 end) as capstones_passed,
        max(case when needed = 0 then enrolled else 0 end) as in_capstone,
        max(case when needed = 0 then paying else 0 end) as paying_for_capstone,
        max(case when needed = 1 then earned_at end) as last_needed_at,
        max(earned_at) as last_earned_at,
        min(first_enrolled_at) as first_enrolled_at
    from placed
    group by programme_id, person_key
),

judged as (
    select
        *,
        {{ is_eligible('courses_passed', 'courses_needed') }} as is_eligible
    from counted
),

final as (
    select
        judged.programme_id,
        judged.person_key,
        judged.courses,
        judged.courses_needed,
        judged.courses_enrolled,
        judged.courses_passed,
        judged.courses_passed_in_wrong_mode,
        judged.courses_awaiting_certificate,
        judged.is_eligible,
        case when judged.is_eligible = {{ bool(true) }} then cast(judged.last_needed_at as date) end
            as eligible_on,
        {{ qualifies_by_upgrading('courses_passed', 'courses_passed_in_wrong_mode', 'courses_needed') }}
            as qualifies_by_upgrading,
        {{ flag('judged.in_capstone = 1') }} as is_enrolled_in_capstone,
        {{ flag('judged.paying_for_capstone = 1') }} as is_capstone_paid,
        {{ flag('judged.capstones > 0 and judged.capstones_passed = judged.capstones') }}
            as is_capstone_passed,
        {{ flag('judged.courses_passed + judged.capstones_passed = judged.courses') }} as is_completed,
        case
            when judged.courses_passed + judged.capstones_passed = judged.courses
                then cast(judged.last_earned_at as date)
        end as completed_on,
        judged.first_enrolled_at,
        missing.why_not_eligible
    from judged
    left join missing
        on judged.programme_id = missing.programme_id
        and judged.person_key = missing.person_key
)

select * from final

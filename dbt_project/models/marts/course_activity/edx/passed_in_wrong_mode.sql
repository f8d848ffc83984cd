with course_standings as (
    select * from {{ ref('int_edx__programme_courses_judged') }}
    where standing = 'wrong_mode'
),

programmes as (
    select * from {{ ref('int_edx__programmes_measured') }}
),

final as (
    select
        course_standings.programme_id,
        course_standings.person_key,
        course_standings.course_run_key,
        course_standings.course_number,
        course_standings.role,
        course_standings.run_type as required_mode,
        course_standings.enrolment_mode,
        course_standings.certificate_mode,
        course_standings.is_enrolled,
        {{ grade_percent('course_standings.grade_share', '0', '1') }} as grade_percent,
        {{ earned_at('course_standings.passed_at', 'course_standings.certificate_created_at') }} as passed_at,
        programmes.courses_needed,
        programmes.courses_passed,
        programmes.courses_passed_in_wrong_mode,
        programmes.qualifies_by_upgrading
    from course_standings
    inner join programmes
        on course_standings.programme_id = programmes.programme_id
        and course_standings.person_key = programmes.person_key
)

select * from final

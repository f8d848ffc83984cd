{{ config(materialized='table') }}

with learners as (
    select * from {{ ref('int_edx__learners_selected') }}
),

enrolments as (
    select * from {{ ref('stg_edx__enrollments') }}
),

course_grades as (
    select * from {{ ref('stg_edx__course_grades') }}
),

certificates as (
    select * from {{ ref('stg_edx__certificates') }}
),

course_runs as (
    select * from {{ ref('int_edx__course_runs') }}
),

-- Of a course in several programmes the lowest mark: it speaks only where edX's own letter is not known.
pass_marks as (
    select
        lower(course_number) as course_number,
        min(pass_mark) as pass_mark
    from {{ ref('programmes') }}
    group by lower(course_number)
),

joined_up as (
    select
        learners.instance,
        learners.entity,
        learners.user_id,
        learners.person_key,
        learners.course_run_key,
        enrolments.mode as enrolment_mode,
        enrolments.is_active as is_enrolled,
        enrolments.enrolled_at,
        course_grades.grade_share,
        course_grades.letter_grade,
        course_grades.passed_at,
        course_grades.modified_at as graded_at,
        certificates.status as certificate_status,
        certificates.mode as certificate_mode,
        certificates.created_at as certificate_created_at,
        certificates.modified_at as certificate_modified_at,
        case when enrolments.is_active = {{ bool(true) }} then 1 else 0 end as enrolled,
        {{ is_passing_grade('course_grades', 'pass_marks.pass_mark') }} as passing,
        case when {{ is_certificate_earned('certificates.status') }} then 1 else 0 end as earned
    from learners
    inner join course_runs
        on learners.instance = course_runs.instance
        and learners.entity = course_runs.entity
    left join pass_marks on lower(course_runs.course_number) = pass_marks.course_number
    left join enrolments
        on learners.instance = enrolments.instance
        and learners.entity = enrolments.entity
        and learners.user_id = enrolments.user_id
    left join course_grades
        on learners.instance = course_grades.instance
        and learners.entity = course_grades.entity
        and learners.user_id = course_grades.user_id
    left join certificates
        on learners.instance = certificates.instance
        and learners.entity = certificates.entity
        and learners.user_id = certificates.user_id
),

-- Of several accounts of one person on one course run the one that got furthest is shown.
final as (
    select
        *,
        row_number() over (
            partition by person_key, course_run_key
            order by
                earned desc,
                case when {{ is_paid_mode('certificate_mode') }} then 1 else 0 end desc,
                passing desc,
                enrolled desc,
                grade_share desc,
                user_id asc
        ) as place_on_run
    from joined_up
)

select * from final

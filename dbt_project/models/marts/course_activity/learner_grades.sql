with graded as (
    select * from {{ ref('int_edx__results_combined') }}
    where
        place_on_run = 1
        and grade_share is not null
),

final as (
    select
        instance,
        person_key,
        user_id as account_key,
        course_run_key,
        enrolment_mode as mode,
        {{ grade_percent('grade_share', '0', '1') }} as grade_percent,
        letter_grade,
        {{ flag('enrolled = 1') }} as is_enrolled,
        {{ flag('passing = 1') }} as is_passing,
        {{ flag('passed_at is not null') }} as has_ever_passed,
        {{ is_passed_unpaid('passing', 'earned', 'enrolment_mode', 'certificate_mode') }} as is_passed_unpaid,
        passed_at,
        graded_at
    from graded
)

select * from final

with measured as (
    select * from {{ ref('int_edx__programmes_measured') }}
),

final as (
    select
        programme_id,
        person_key,
        courses,
        courses_needed,
        courses_enrolled,
        courses_passed,
        courses_passed_in_wrong_mode,
        courses_awaiting_certificate,
        is_capstone_passed,
        is_completed,
        first_enrolled_at,
        completed_on
    from measured
)

select * from final

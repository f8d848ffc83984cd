with measured as (
    select * from {{ ref('int_edx__programmes_measured') }}
),

final as (
    select
        programme_id,
        person_key,
        courses_passed,
        courses_needed,
        is_eligible,
        eligible_on,
        is_enrolled_in_capstone,
        is_capstone_paid,
        qualifies_by_upgrading,
        why_not_eligible
    from measured
)

select * from final

with certified as (
    select * from {{ ref('int_edx__results_combined') }}
    where
        place_on_run = 1
        and certificate_status is not null
),

final as (
    select
        instance,
        person_key,
        user_id as account_key,
        course_run_key,
        certificate_status,
        certificate_mode as mode,
        {{ flag('earned = 1') }} as is_earned,
        {{ flag(is_paid_mode('certificate_mode')) }} as is_paid,
        case when earned = 1 then {{ earned_at('passed_at', 'certificate_created_at') }} end as earned_at,
        certificate_created_at as created_at,
        certificate_modified_at as modified_at
    from certified
)

select * from final

with trials as (
    select * from {{ ref('int_acquisition__trials_judged') }}
),

final as (
    select
        trial_key,
        school_key,
        product_key,
        instance,
        trial_id,
        lead_key,
        channel,
        lead_created_on,
        started_on,
        ends_on,
        outcome,
        is_converted,
        named_term,
        converted_term_key,
        converted_on,
        days_to_convert,
        lost_reason,
        is_followed_by_sale,
        followed_on
    from trials
)

select * from final

with module_states as (
    select * from {{ ref('stg_edx__student_modules') }}
),

-- A regrade saves the state of a problem without the learner; positions are saved by learners only.
seen as (
    select
        instance,
        entity,
        user_id,
        case
            when module_type in ('course', 'chapter', 'sequential', 'video') then modified_at
            else created_at
        end as seen_at
    from module_states
),

final as (
    select
        instance,
        entity,
        user_id,
        max(seen_at) as last_active_at
    from seen
    group by instance, entity, user_id
)

select * from final

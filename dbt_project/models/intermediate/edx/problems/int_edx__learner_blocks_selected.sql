with module_states as (
    select * from {{ ref('stg_edx__student_modules') }}
),

learners as (
    select * from {{ ref('int_edx__learners_selected') }}
),

final as (
    select
        module_states.instance,
        module_states.student_module_id,
        module_states.user_id,
        learners.person_key,
        learners.course_run_key,
        module_states.module_type,
        module_states.block_id,
        module_states.points_earned,
        module_states.points_possible
    from module_states
    inner join learners
        on module_states.instance = learners.instance
        and module_states.entity = learners.entity
        and module_states.user_id = learners.user_id
)

select * from final

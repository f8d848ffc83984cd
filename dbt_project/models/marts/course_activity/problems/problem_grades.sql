with blocks as (
    select * from {{ ref('int_edx__learner_blocks_selected') }}
    where
        module_type = 'problem'
        and points_earned is not null
),

final as (
    select
        instance,
        course_run_key,
        block_id as problem_id,
        points_earned,
        points_possible,
        {{ learners('person_key') }} as learners
    from blocks
    group by instance, course_run_key, block_id, points_earned, points_possible
)

select * from final

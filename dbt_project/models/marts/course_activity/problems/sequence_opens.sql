with blocks as (
    select * from {{ ref('int_edx__learner_blocks_selected') }}
    where module_type = 'sequential'
),

final as (
    select
        instance,
        course_run_key,
        block_id as sequence_id,
        {{ learners('person_key') }} as learners
    from blocks
    group by instance, course_run_key, block_id
)

select * from final

with landed as (
    select * from {{ source('edx', 'course_structure') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        block_id,
        parent_id,

        category,
        position,
        nullif(trim(display_name), '') as display_name,
        nullif(trim(format), '') as assignment_type,
        graded as is_graded,

        start as starts_at,
        "end" as ends_at,
        due as due_at
    from landed
)

select * from renamed

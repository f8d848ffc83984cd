with landed as (
    select * from {{ source('edx', 'assessment_criterion') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as criterion_id,
        rubric_id,

        order_num as position,
        name as criterion_name,
        nullif(trim(label), '') as criterion_label
    from landed
)

select * from renamed

with landed as (
    select * from {{ source('edx', 'assessment_criterionoption') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as criterion_option_id,
        criterion_id,

        order_num as position,
        points,
        name as option_name,
        nullif(trim(label), '') as option_label
    from landed
)

select * from renamed

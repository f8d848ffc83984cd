with landed as (
    select * from {{ source('edx', 'assessment_assessmentpart') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as assessment_part_id,
        assessment_id,
        criterion_id,
        option_id as criterion_option_id
    from landed
)

select * from renamed

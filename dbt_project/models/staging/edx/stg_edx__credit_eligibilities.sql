with landed as (
    select * from {{ source('edx', 'credit_crediteligibility') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as credit_eligibility_id,
        username as username_pseudonym,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,

        created as created_at,
        modified as modified_at,
        deadline as deadline_at
    from landed
)

select * from renamed

with source as (
    select * from {{ source('moodle', 'mdl_cohort_members') }}
),

renamed as (
    select
        _instance as instance,
        id as cohort_member_id,
        cohortid as cohort_id,
        userid as user_id,
        {{ moodle_time('timeadded') }} as added_at
    from source
)

select * from renamed

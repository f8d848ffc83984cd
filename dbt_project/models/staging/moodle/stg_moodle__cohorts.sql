with source as (
    select * from {{ source('moodle', 'mdl_cohort') }}
),

renamed as (
    select
        _instance as instance,
        id as cohort_id,
        contextid as context_id,
        name as cohort_name,
        idnumber as id_number,
        component as managed_by_component,
        {{ flag('visible = 1') }} as is_visible,
        {{ moodle_time('timecreated') }} as created_at,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed

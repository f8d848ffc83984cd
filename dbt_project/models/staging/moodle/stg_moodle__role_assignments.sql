with source as (
    select * from {{ source('moodle', 'mdl_role_assignments') }}
),

renamed as (
    select
        _instance as instance,
        id as role_assignment_id,
        roleid as role_id,
        contextid as context_id,
        userid as user_id,
        component as given_by_component,
        itemid as given_by_item_id,
        {{ moodle_time('timemodified') }} as given_at
    from source
)

select * from renamed

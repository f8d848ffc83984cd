with source as (
    select * from {{ source('moodle', 'mdl_grade_grades_history') }}
),

renamed as (
    select
        _instance as instance,
        id as grade_change_id,
        oldid as grade_id,
        itemid as grade_item_id,
        userid as user_id,
        usermodified as graded_by_user_id,
        loggeduser as changed_by_user_id,
        case action
            when 1 then 'insert'
            when 2 then 'update'
            when 3 then 'delete'
        end as change_type,
        source as change_source,
        rawgrade as raw_grade,
        rawgrademin as raw_grade_min,
        rawgrademax as raw_grade_max,
        finalgrade as final_grade,
        {{ flag('overridden > 0') }} as is_overridden,
        {{ flag('excluded > 0') }} as is_excluded,
        {{ moodle_time('timemodified') }} as changed_at
    from source
)

select * from renamed

with source as (
    select * from {{ source('moodle', 'mdl_grade_items') }}
),

renamed as (
    select
        _instance as instance,
        id as grade_item_id,
        courseid as course_id,
        categoryid as grade_category_id,
        iteminstance as activity_id,
        scaleid as scale_id,
        itemtype as item_type,
        itemmodule as module_name,
        itemname as item_name,
        itemnumber as item_number,
        gradetype as grade_type,
        grademin as grade_min,
        grademax as grade_max,
        gradepass as grade_to_pass,
        {{ flag('calculation is not null') }} as is_calculated,
        {{ flag('hidden = 1') }} as is_hidden,
        {{ moodle_time('timecreated') }} as created_at,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed

with source as (
    select * from {{ source('moodle', 'mdl_grade_grades') }}
),

renamed as (
    select
        _instance as instance,
        id as grade_id,
        itemid as grade_item_id,
        userid as user_id,
        usermodified as graded_by_user_id,
        rawgrade as raw_grade,
        rawgrademin as raw_grade_min,
        rawgrademax as raw_grade_max,
        finalgrade as final_grade,
        aggregationstatus as aggregation_status,
        aggregationweight as aggregation_weight,
        {{ flag('overridden > 0') }} as is_overridden,
        {{ flag('excluded > 0') }} as is_excluded,
        {{ flag('hidden = 1') }} as is_hidden,
        {{ moodle_time('overridden') }} as overridden_at,
        {{ moodle_time('timecreated') }} as submitted_at,
        {{ moodle_time('timemodified') }} as graded_at
    from source
)

select * from renamed

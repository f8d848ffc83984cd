with grades as (
    select * from {{ ref('stg_moodle__grades') }}
),

grade_items as (
    select * from {{ ref('stg_moodle__grade_items') }}
    -- 1 value, 2 scale; the others hold no number
    where grade_type in (1, 2)
),

placed as (
    select
        grades.instance,
        grades.grade_item_id,
        grades.user_id,
        grade_items.course_id,
        grade_items.item_type,
        grade_items.module_name,
        grade_items.activity_id,
        grades.final_grade,
        grades.raw_grade_min,
        grades.raw_grade_max,
        grade_items.grade_min as item_grade_min,
        grade_items.grade_max as item_grade_max,
        case
            when grade_items.item_type in ('course', 'category')
                and grade_items.is_calculated = {{ bool(false) }} then 1
            else 0
        end as has_own_range,
        grades.is_overridden,
        grades.is_excluded,
        grades.graded_at
    from grades
    inner join grade_items
        on grades.instance = grade_items.instance
        and grades.grade_item_id = grade_items.grade_item_id
),

-- A total that no formula calculates has a range of its own for every learner: what could be reached with the
-- work graded so far. Every other grade is on the range of its item, also after the item was rescaled.
ranged as (
    select
        instance,
        grade_item_id,
        user_id,
        course_id,
        item_type,
        module_name,
        activity_id,
        final_grade,
        case when has_own_range = 1 then raw_grade_min else item_grade_min end as grade_min,
        case when has_own_range = 1 then raw_grade_max else item_grade_max end as grade_max,
        is_overridden,
        is_excluded,
        graded_at
    from placed
),

final as (
    select
        *,
        {{ grade_percent('final_grade', 'grade_min', 'grade_max') }} as grade_percent
    from ranged
)

select * from final

with classes as (
    select * from {{ ref('stg_classroom__classes') }}
    where deleted_at is null
),

final as (
    select
        {{ platform_key('classroom', ['instance', 'class_id']) }} as course_run_key,
        instance,
        class_id,
        code,
        -- a class's own name may be a teacher's and does not land
        case
            when subject is null or grade_level is null then coalesce(subject, grade_level)
            else {{ joined(['subject', "', '", 'grade_level']) }}
        end as title,
        subject,
        case
            when starts_on is not null then {{ academic_year('starts_on') }}
            else academic_year
        end as academic_year,
        school_urn,
        {{ flag("status = 'active'") }} as is_visible,
        starts_on,
        cast(starts_on as {{ t_timestamp() }}) as starts_at,
        cast({{ add_days('ends_on', 1) }} as {{ t_timestamp() }}) as ends_at
    from classes
)

select * from final

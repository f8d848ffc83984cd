with enrolments as (
    select * from {{ ref('stg_edx__enrollments') }}
),

roots as (
    select
        *,
        replace(block_id, 'block-v1:', 'course-v1:') as new_form,
        replace(replace(block_id, 'i4x://', ''), '/course/', '/') as old_form
    from {{ ref('stg_edx__course_blocks') }}
    where category = 'course'
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

-- A file name does not say where organisation, number and run part; rows do. MySQL finds ids in any case, so
-- one file can hold a course in two spellings: the one with most rows is it. A course without rows has
-- its root, whose id begins with the course's in new courses and ends with the run in old ones.
spellings as (
    select
        instance,
        entity,
        course_id,
        count(*) as enrolments
    from enrolments
    group by instance, entity, course_id
    union all
    select
        instance,
        entity,
        case
            when block_id like 'block-v1:%+type@course+%'
                then left(new_form, nullif({{ position_of("'+type@'", 'new_form') }}, 0) - 1)
            when block_id like 'i4x://%/course/%' then old_form
        end as course_id,
        0 as enrolments
    from roots
),

ranked_spellings as (
    select
        *,
        row_number() over (partition by instance, entity order by enrolments desc, course_id asc) as place
    from spellings
    where course_id is not null
),

ranked_roots as (
    select
        *,
        row_number() over (partition by instance, entity order by block_id asc) as place
    from roots
),

-- course-v1:Org+Course+Run, Org/Course/Run and ccx-v1:Org+Course+Run+ccx@12 as Org+Course+Run.
normalised as (
    select
        instance,
        entity,
        course_id,
        replace(replace(replace(course_id, 'course-v1:', ''), 'ccx-v1:', ''), '/', '+') as run_number
    from ranked_spellings
    where place = 1
),

after_organisation as (
    select
        *,
        left(run_number, nullif({{ position_of("'+'", 'run_number') }}, 0) - 1) as organisation,
        right(
            run_number,
            {{ text_length('run_number') }} - nullif({{ position_of("'+'", 'run_number') }}, 0)
        ) as course_and_run
    from normalised
),

parted as (
    select
        *,
        left(course_and_run, nullif({{ position_of("'+'", 'course_and_run') }}, 0) - 1) as course_code,
        right(
            course_and_run,
            {{ text_length('course_and_run') }} - nullif({{ position_of("'+'", 'course_and_run') }}, 0)
        ) as run
    from after_organisation
),

final as (
    select
        {{ platform_key('edx', ['parted.instance', 'parted.course_id']) }} as course_run_key,
        parted.instance,
        parted.entity,
        parted.course_id,
        parted.run_number,
        parted.organisation,
        parted.course_code,
        parted.run,
        {{ joined(['parted.organisation', "'+'", 'parted.course_code']) }} as course_number,
        {{ flag("parted.course_id like 'ccx-v1:%'") }} as is_ccx,
        ranked_roots.display_name as title,
        ranked_roots.starts_at,
        ranked_roots.ends_at,
        {{ flag('ranked_roots.starts_at <= run_clock.as_of') }} as has_begun
    from parted
    left join ranked_roots
        on parted.instance = ranked_roots.instance
        and parted.entity = ranked_roots.entity
        and ranked_roots.place = 1
    cross join run_clock
    where parted.course_code is not null
)

select * from final

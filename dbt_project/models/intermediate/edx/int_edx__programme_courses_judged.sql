with results as (
    select * from {{ ref('int_edx__results_combined') }}
),

course_runs as (
    select * from {{ ref('int_edx__course_runs') }}
    where is_ccx = {{ bool(false) }}
),

programmes as (
    select * from {{ ref('programmes') }}
),

counted as (
    select
        results.*,
        programmes.programme_id,
        programmes.course_number,
        programmes.role,
        programmes.run_type,
        {{ got_through('results') }} as got_through,
        {{ is_required_mode('results.certificate_mode', 'programmes.run_type') }} as certificate_counts,
        case
            when results.enrolled = 1
                then {{ is_required_mode('results.enrolment_mode', 'programmes.run_type') }}
            else 0
        end as enrolment_counts
    from results
    inner join course_runs
        on results.instance = course_runs.instance
        and results.entity = course_runs.entity
    inner join programmes
        on lower(course_runs.course_number) = lower(programmes.course_number)
        and (programmes.instance is null or course_runs.instance = programmes.instance)
),

judged as (
    select
        counted.*,
        {{ course_standing('counted') }} as standing,
        {{ earned_at('passed_at', 'certificate_created_at') }} as earned_or_made_at
    from counted
),

-- Any run of a course will do: the one in which the learner got furthest, and of those that count the first.
ranked as (
    select
        *,
        row_number() over (
            partition by programme_id, course_number, person_key
            order by
                {{ standing_rank('standing') }} asc,
                case when earned_or_made_at is null then 1 else 0 end asc,
                earned_or_made_at asc,
                course_run_key asc,
                user_id asc
        ) as place,
        max(enrolled) over (partition by programme_id, course_number, person_key) as is_in_any_run,
        max(enrolment_counts) over (partition by programme_id, course_number, person_key) as pays_in_any_run,
        min(enrolled_at) over (partition by programme_id, course_number, person_key) as first_enrolled_at
    from judged
),

final as (
    select
        programme_id,
        course_number,
        person_key,
        role,
        course_run_key,
        standing,
        case when standing = 'passed' then {{ earned_at('passed_at', 'certificate_created_at') }} end
            as earned_at,
        {{ flag('is_in_any_run = 1') }} as is_enrolled,
        {{ flag('pays_in_any_run = 1') }} as is_enrolled_in_required_mode,
        first_enrolled_at,
        run_type,
        enrolment_mode,
        certificate_mode,
        grade_share,
        passed_at,
        certificate_created_at
    from ranked
    where place = 1
)

select * from final

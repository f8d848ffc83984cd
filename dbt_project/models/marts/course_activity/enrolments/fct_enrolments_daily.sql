with person_states as (
    select * from {{ ref('int_enrolments__person_states') }}
),

dates as (
    select * from {{ ref('dim_dates') }}
),

-- A person goes over from the mode before to the mode after; what is gained or lost counts in the mode after.
moves as (
    select
        course_run_key,
        mode,
        state_date,
        enrolled as enrolled_moved,
        1 as ever_moved,
        {{ enrolments_change('enrolled', 'enrolled_before') }} as enrolments_changed
    from person_states
    union all
    select
        course_run_key,
        mode_before as mode,
        state_date,
        -enrolled_before as enrolled_moved,
        -1 as ever_moved,
        0 as enrolments_changed
    from person_states
    where mode_before is not null
),

summed as (
    select
        course_run_key,
        mode,
        state_date,
        sum(enrolled_moved) as enrolled_moved,
        sum(ever_moved) as ever_moved,
        sum(enrolments_changed) as enrolments_changed
    from moves
    group by course_run_key, mode, state_date
),

known as (
    select
        platform,
        instance,
        course_run_key,
        max(known_to) as known_to
    from person_states
    group by platform, instance, course_run_key
),

modes as (
    select
        course_run_key,
        mode,
        min(state_date) as first_date
    from summed
    group by course_run_key, mode
),

days as (
    select
        known.platform,
        known.instance,
        modes.course_run_key,
        modes.mode,
        dates.date_day as enrolment_date
    from modes
    inner join known on modes.course_run_key = known.course_run_key
    inner join dates
        on modes.first_date <= dates.date_day
        and known.known_to >= dates.date_day
),

counted as (
    select
        days.*,
        {{ enrolments('summed.enrolled_moved', 'days') }} as enrolments,
        {{ cumulative_enrolments('summed.ever_moved', 'days') }} as cumulative_enrolments,
        coalesce(summed.enrolments_changed, 0) as enrolments_change
    from days
    left join summed
        on days.course_run_key = summed.course_run_key
        and days.mode = summed.mode
        and days.enrolment_date = summed.state_date
),

compared as (
    select
        *,
        {{ enrolments_change_7_days('enrolments') }} as enrolments_change_7_days
    from counted
),

-- edX has no row of a mode in which nobody is or was last.
final as (
    select
        platform,
        instance,
        course_run_key,
        mode,
        enrolment_date,
        enrolments,
        cast(enrolments_change as bigint) as enrolments_change,
        enrolments_change_7_days,
        cumulative_enrolments
    from compared
    where cumulative_enrolments > 0
)

select * from final

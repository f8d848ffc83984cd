with person_states as (
    select * from {{ ref('int_enrolments__person_states') }}
),

dates as (
    select * from {{ ref('dim_dates') }}
),

-- A person comes into the mode of the day's end, and goes out of the mode before.
moves as (
    select
        course_run_key,
        mode,
        state_date,
        1 as came,
        0 as went,
        enrolled as enrolled_moved,
        enrolled,
        coalesce(enrolled_before, 0) as enrolled_before
    from person_states
    union all
    select
        course_run_key,
        mode_before as mode,
        state_date,
        0 as came,
        1 as went,
        -enrolled_before as enrolled_moved,
        0 as enrolled,
        0 as enrolled_before
    from person_states
    where mode_before is not null
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
    from moves
    group by course_run_key, mode
),

-- Every day, also one on which nobody moves.
all_days as (
    select
        modes.course_run_key,
        modes.mode,
        dates.date_day as state_date,
        0 as came,
        0 as went,
        0 as enrolled_moved,
        0 as enrolled,
        0 as enrolled_before
    from modes
    inner join known on modes.course_run_key = known.course_run_key
    inner join dates
        on modes.first_date <= dates.date_day
        and known.known_to >= dates.date_day
    union all
    select * from moves
),

summed as (
    select
        course_run_key,
        mode,
        state_date as enrolment_date,
        sum(came) as came,
        sum(went) as went,
        sum(enrolled_moved) as enrolled_moved,
        {{ enrolments_change('enrolled', 'enrolled_before') }} as enrolments_change
    from all_days
    group by course_run_key, mode, state_date
),

counted as (
    select
        *,
        {{ enrolments('enrolled_moved') }} as enrolments,
        {{ cumulative_enrolments('came', 'went') }} as cumulative_enrolments
    from summed
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
        known.platform,
        known.instance,
        compared.course_run_key,
        compared.mode,
        compared.enrolment_date,
        compared.enrolments,
        compared.enrolments_change,
        compared.enrolments_change_7_days,
        compared.cumulative_enrolments
    from compared
    inner join known on compared.course_run_key = known.course_run_key
    where compared.cumulative_enrolments > 0
)

select * from final

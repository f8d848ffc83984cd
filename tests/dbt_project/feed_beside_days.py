"""What the feed for coaching tools says of each week, and beside each value what the days of the star say of it."""

FEED_BESIDE_DAYS = """
    with days as (
        select person_key, course_run_key, activity_date, active_acts
        from course_activity.fct_course_activity_daily
        where course_run_key is not null
    )
    select
        fed.week_starts_on, fed.active_acts, coalesce(sum(days.active_acts) filter (
            days.activity_date >= fed.week_starts_on), 0) as acts,
        fed.last_seen_on, max(days.activity_date) as last_day, fed.days_since_last_seen,
        least(fed.week_starts_on + 6, max(clock.as_of_date)) - max(days.activity_date) as days_ago
    from course_activity.learning_feedback as fed
    cross join intermediate.int_calendar__run_clock as clock
    left join days
        on fed.person_key = days.person_key and fed.course_run_key = days.course_run_key
        and days.activity_date <= fed.week_starts_on + 6
    group by
        fed.person_key, fed.course_run_key, fed.week_starts_on, fed.active_acts, fed.last_seen_on,
        fed.days_since_last_seen
"""

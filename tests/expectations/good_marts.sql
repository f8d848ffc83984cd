-- The columns that the marts' suites ask about, in order: two rows a mart as of 2026-07-31.
create schema core;
create schema customer_insight;
create schema course_activity;

create table core.dim_dates as
select cast(date '2026-01-01' + cast(n as integer) as date) as date_day, 'autumn' as term
from range(400) as days(n);

create table core.dim_people as
select
    concat('k1:', sha256(cast(n as varchar))) as person_key, 1 as accounts, false as is_staff, false as is_bot,
    false as has_shared_email,
    timestamp '2024-01-01' as first_seen_at, timestamp '2026-07-01' as last_seen_at
from range(2) as people(n);

create table core.dim_schools as
select concat('urn:', n) as school_key, concat('Learning @ Home ', n) as school_name, false as is_placeholder,
    true as is_organisation, false as is_registered
from range(100001, 100003) as schools(n);

create table core.dim_products as
select concat('subscriptions:main:', n) as product_key, 'Reading @ Home' as product_name, false as is_placeholder
from range(1, 3) as products(n);

create table core.dim_course_runs as
select
    concat('moodle:main:', n) as course_run_key, 'M@H' as short_name, 'Maths @ Home' as title, 'Maths' as category,
    date '2025-09-01' as starts_on
from range(1, 3) as courses(n);

create table customer_insight.fct_subscription_terms as
select
    concat('subscriptions:main:', n) as term_key, 'Home @ School' as plan_name, false as is_trial,
    date '2025-09-01' as starts_on, date '2026-08-31' as ends_on, date '2026-08-31' as last_covered_on
from range(1, 3) as terms(n);

create table customer_insight.fct_subscription_movements as
select
    'urn:100001' as school_key, 'GBP' as currency, date '2026-05-01' + to_months(cast(n as integer)) as month,
    cast(100 as decimal(38, 2)) as opening_value,
    cast(0 as decimal(38, 2)) as churn_value, cast(100 as decimal(38, 2)) as closing_value
from range(2) as months(n);

create table customer_insight.fct_customer_movements as
select * from customer_insight.fct_subscription_movements;

create table customer_insight.schools_lapsed as
select
    concat('urn:', n) as school_key, 'Learning @ Home' as school_name, 1 as academic_years_ago,
    date '2025-03-01' as lapsed_in_month
from range(100001, 100003) as schools(n);

create table course_activity.course_enrolments as
select
    concat('account:moodle:main:k1:', sha256(cast(n as varchar))) as person_key,
    concat('k1:', sha256(cast(n as varchar))) as account_key, 'active' as status, cast(88.5 as decimal(12, 2)) as grade_percent,
    cast(50 as decimal(12, 2)) as progress_percent, timestamp '2025-09-01' as enrolled_at, timestamp '2026-06-01' as last_active_at,
    cast(null as timestamp) as completed_at
from range(2) as people(n);

create table course_activity.moodle_completions as
select
    person_key, account_key, grade_percent, progress_percent, cast(70 as decimal(12, 2)) as quiz_grade_percent, 4 as activities_tracked,
    1 as quizzes, 2 as assignments, 1 as quiz_attempts, 9 as active_days, false as is_completed, completed_at,
    last_active_at
from course_activity.course_enrolments;

create table customer_insight.fct_school_engagement as
select
    concat('urn:', n) as school_key, date '2026-06-01' as month, true as is_measured, cast(30 as bigint) as seats,
    cast(0.5 as double) as utilisation, cast(70 as bigint) as activity_count, date '2026-06-30' as last_active_on
from range(100001, 100003) as schools(n);

create table course_activity.attendance_daily as
select
    'classroom' as platform, date '2026-07-01' + cast(n as integer) as activity_date, 4 as learners, 1 as new_learners,
    9 as cumulative_learners, true as is_peak_day
from range(2) as days(n);

create table course_activity.attendance_weekly as
select 'classroom' as platform, date '2026-07-06' + 7 * cast(n as integer) as week_starts_on, 4 as learners
from range(2) as weeks(n);

create table course_activity.leaderboard as
select person_key, date '2026-07-01' as period_starts_on, 12 as points, 1 as points_rank, 2 as learners
from course_activity.course_enrolments;

create table customer_insight.fct_trials as
select
    concat('subscriptions:main:', n) as trial_key, concat('urn:', n) as school_key, 'search' as channel,
    date '2026-05-01' as started_on, date '2026-05-30' as ends_on, 'converted' as outcome, true as is_converted,
    'paid' as named_term, 62 as days_to_convert
from range(100001, 100003) as trials(n);

create table customer_insight.acquisition_funnel as
select
    'search' as channel, date '2026-05-01' + to_months(cast(n as integer)) as month, 4 as leads, 3 as matched_leads,
    2 as led_schools, 1 as trials, 1 as converted_trials, cast(1 as double) as trial_conversion, 1 as paid_schools,
    0 as paid_schools_without_lead, cast(0.5 as double) as school_conversion, cast(300 as decimal(38, 2)) as cost
from range(2) as months(n);

create table customer_insight.customer_journeys as
select
    concat('urn:', n) as school_key, 'Learning @ Home' as school_name, 'search' as channel,
    date '2026-05-01' as first_paid_on, cast(40 as bigint) as days_to_paid, 'Home @ School' as first_product,
    'Home @ School > Maths' as path, cast(2 as bigint) as products_ever, cast(1 as bigint) as products_now
from range(100001, 100003) as schools(n);

create table customer_insight.expansion_paths as
select
    concat('Home @ School > Maths ', n) as path, 'Home @ School' as first_product, 2 as products, 2 as schools,
    1 as schools_now
from range(2) as paths(n);
create table customer_insight.fct_value_events as
select
    concat('subscriptions:main:1:', n) as event_key, date '2026-05-01' as month, 'start' as event_type,
    'subscriptions' as source_table, false as is_back_dated
from range(2) as events(n);

create table customer_insight.fct_retention_cohorts as
select
    'all' as breakdown, 'GBP' as currency, '2024/25' as cohort_year, '2025/26' as academic_year,
    cast(10 as bigint) as schools_started, cast(9 as bigint) as schools_closing
from range(2) as years(n);

create table customer_insight.retention_yearly as
select
    'all' as breakdown, 'GBP' as currency, '2025/26' as academic_year,
    cast(10 as bigint) as schools_opening, cast(9 as bigint) as schools_closing
from range(2) as years(n);
create table customer_insight.fct_customer_health_monthly as
select
    concat('urn:', n) as school_key, date '2026-06-01' as month, cast(62 as bigint) as days_to_end, true as is_use_measured,
    'red' as risk_band, 'use fell by 45 % over 3 months of school' as risk_reasons, date '2026-07-01' as product_lapsed_in_month
from range(100001, 100003) as schools(n);

create table customer_insight.customer_health as
select
    concat('urn:', n) as school_key, 'Learning @ Home' as school_name, 'Reading @ Home' as product_name,
    date '2026-06-01' as month, 'amber' as risk_band, '62 days to the end and no renewal entered' as risk_reasons
from range(100001, 100003) as schools(n);

create table customer_insight.health_backtest as
select
    'product' as level_compared, 'every month' as months_compared, band, cast(40 as bigint) as lapsed,
    case when band = 'red' then 0.6 else 0.1 end as share_lapsed
from (values ('red'), ('green')) as bands(band);

create table customer_insight.cross_platform_use as
select
    concat('urn:', n) as school_key, 'Learning @ Home' as school_name, 'classroom + bookshelf' as platforms_together,
    2 as platforms_used, cast(9 as bigint) as learners, cast(3 as bigint) as learners_on_several_platforms
from range(100001, 100003) as schools(n);
create table core.shared_addresses as
select 'classroom' as platform, person_key, 2 as accounts, true as is_shared, false as is_reused from core.dim_people;

create table core.school_history as
select
    1 as version, concat('urn:', n) as school_key, 'Hill School' as school_name, timestamp '2022-09-01' as valid_from,
    timestamp '2024-09-01' as valid_to, true as is_current
from range(100001, 100003) as schools(n);

create table customer_insight.school_matches as
select
    'subscriptions' as platform, 'organisations' as named_in, concat('urn:', n) as school_key, cast(n as varchar) as urn,
    'urn in register' as matched_by, 'conflicting' as status, 'Name is A @ Home, in the register B @ Home.' as conflicts,
    cast(1 as bigint) as records
from range(100001, 100003) as schools(n);

create table customer_insight.market_penetration as
select
    region, cast(10 as bigint) as registered_schools, cast(3 as bigint) as customers, cast(1 as bigint) as closed_customers,
    cast(0.2 as double) as market_share
from (values ('London'), ('not in register')) as regions(region);

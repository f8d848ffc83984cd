-- The columns that the suites of these marts ask about, in order: two rows a mart as of 2026-07-31.
create schema customer_insight;

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

create table customer_insight.fct_school_engagement as
select
    concat('urn:', n) as school_key, date '2026-06-01' as month, true as is_measured, cast(30 as bigint) as seats,
    cast(0.5 as double) as utilisation, cast(70 as bigint) as activity_count, date '2026-06-30' as last_active_on
from range(100001, 100003) as schools(n);

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

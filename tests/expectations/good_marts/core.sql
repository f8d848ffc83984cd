-- The columns that the suites of these marts ask about, in order: two rows a mart as of 2026-07-31.
create schema core;

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

create table core.shared_addresses as
select 'classroom' as platform, person_key, 2 as accounts, true as is_shared, false as is_reused from core.dim_people;

create table core.school_history as
select
    1 as version, concat('urn:', n) as school_key, 'Hill School' as school_name, timestamp '2022-09-01' as valid_from,
    timestamp '2024-09-01' as valid_to, true as is_current
from range(100001, 100003) as schools(n);

create table core.dim_programmes as
select
    'leading' as programme_id, 'Leading @ Work' as programme_name, concat('UniX+Lead', n) as course_number,
    case when n = 1 then 'core' else 'capstone' end as role, cast(0.65 as decimal(5, 4)) as pass_mark, 2 as course_runs
from range(1, 3) as courses(n);

BEGIN TRANSACTION
CREATE OR ALTER VIEW "intermediate"."int_course_activity__moodle_days__dbt_tmp_vw" AS
with log_events as (
    select * from "warehouse"."staging"."stg_moodle__log_events"
),
final as (
    select
        instance,
        user_id,
        course_id,
        occurred_on as activity_date,
        count(*) as events,
        cast(sum(case when education_level = 2 then 1 else 0 end) as bigint) as participating_events,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at
    from log_events
    where
        user_id is not null
        and course_id is not null
        and occurred_on is not null
        and real_user_id is null
        and origin in ('web', 'ws')
    group by instance, user_id, course_id, occurred_on
)
select * from final;
SELECT * INTO "warehouse"."intermediate"."int_course_activity__moodle_days" FROM "warehouse"."intermediate"."int_course_activity__moodle_days__dbt_tmp_vw";
BEGIN TRANSACTION
drop table if exists "warehouse"."intermediate"."int_course_activity__moodle_days__built";
    select q.* into "warehouse"."intermediate"."int_course_activity__moodle_days__built" from (select f.partition_date, f.row_count, f.hash_sum
    from "warehouse"."ops"."partition_fingerprints" as f
    where f.platform = 'moodle' and f.table_name = 'mdl_logstore_standard_log') as q;
IF @@TRANCOUNT > 0 COMMIT TRANSACTION

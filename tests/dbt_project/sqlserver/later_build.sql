-- model.warehouse.int_course_activity__moodle_days

BEGIN TRANSACTION

DROP view IF EXISTS "intermediate"."int_course_activity__moodle_days__dbt_tmp__dbt_tmp_vw";

CREATE OR ALTER VIEW "intermediate"."int_course_activity__moodle_days__dbt_tmp__dbt_tmp_vw" AS
with log_events as (
    select * from "warehouse"."staging"."stg_moodle__log_events"
),
touched_days as (
    select touched.partition_date
    from (select t.partition_date
    from (
        select f.partition_date, f.row_count, f.hash_sum
    from "warehouse"."ops"."partition_fingerprints" as f
    where f.platform = 'moodle' and f.table_name = 'mdl_logstore_standard_log'
        union all
        select b.partition_date, b.row_count, b.hash_sum from "warehouse"."intermediate"."int_course_activity__moodle_days__built" as b
    ) as t
    group by t.partition_date
    having count(*) <> 2 or min(t.row_count) <> max(t.row_count) or min(t.hash_sum) <> max(t.hash_sum)) as touched
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
        and occurred_on in (select partition_date from touched_days)
    group by instance, user_id, course_id, occurred_on
)
select * from final;

SELECT * INTO "warehouse"."intermediate"."int_course_activity__moodle_days__dbt_tmp" FROM "warehouse"."intermediate"."int_course_activity__moodle_days__dbt_tmp__dbt_tmp_vw"
    ;

DROP TABLE "warehouse"."intermediate"."int_course_activity__moodle_days__dbt_tmp"

DROP VIEW IF EXISTS "intermediate"."int_course_activity__moodle_days__dbt_tmp__dbt_tmp_vw"

BEGIN TRANSACTION

delete from "warehouse"."intermediate"."int_course_activity__moodle_days"
    where
        "activity_date" in (select d.partition_date from (select t.partition_date
    from (
        select f.partition_date, f.row_count, f.hash_sum
    from "warehouse"."ops"."partition_fingerprints" as f
    where f.platform = 'moodle' and f.table_name = 'mdl_logstore_standard_log'
        union all
        select b.partition_date, b.row_count, b.hash_sum from "warehouse"."intermediate"."int_course_activity__moodle_days__built" as b
    ) as t
    group by t.partition_date
    having count(*) <> 2 or min(t.row_count) <> max(t.row_count) or min(t.hash_sum) <> max(t.hash_sum)) as d)
        or (
            "activity_date" is null
            and exists (select 1 from (select t.partition_date
    from (
        select f.partition_date, f.row_count, f.hash_sum
    from "warehouse"."ops"."partition_fingerprints" as f
    where f.platform = 'moodle' and f.table_name = 'mdl_logstore_standard_log'
        union all
        select b.partition_date, b.row_count, b.hash_sum from "warehouse"."intermediate"."int_course_activity__moodle_days__built" as b
    ) as t
    group by t.partition_date
    having count(*) <> 2 or min(t.row_count) <> max(t.row_count) or min(t.hash_sum) <> max(t.hash_sum)) as d where d.partition_date is null)
        );
    insert into "warehouse"."intermediate"."int_course_activity__moodle_days" ("instance", "activity_date")
    select "instance", "activity_date"
    from "warehouse"."intermediate"."int_course_activity__moodle_days__dbt_tmp"

drop table if exists "warehouse"."intermediate"."int_course_activity__moodle_days__built";
    select q.* into "warehouse"."intermediate"."int_course_activity__moodle_days__built" from (select f.partition_date, f.row_count, f.hash_sum
    from "warehouse"."ops"."partition_fingerprints" as f
    where f.platform = 'moodle' and f.table_name = 'mdl_logstore_standard_log') as q

IF @@TRANCOUNT > 0 COMMIT TRANSACTION

DROP table IF EXISTS "intermediate"."int_course_activity__moodle_days__dbt_tmp";

-- model.warehouse.stg_subscriptions__products

BEGIN TRANSACTION

CREATE OR ALTER VIEW "staging"."stg_subscriptions__products" AS with landed as (
    select * from "warehouse"."staging_subscriptions"."products"
),
renamed as (
    select
        _instance as instance,
        id as product_id,
        code as product_code,
        name as product_name,
        family as product_family,
        updated_at
    from landed
)
select * from renamed;

IF @@TRANCOUNT > 0 COMMIT TRANSACTION

DROP view IF EXISTS "staging"."stg_subscriptions__products__dbt_backup";

-- seed.warehouse.product_platforms

BEGIN TRANSACTION

truncate table "warehouse"."intermediate"."product_platforms"

insert into "warehouse"."intermediate"."product_platforms" ("product_code", "platform") values (?, ?), (?, ?), (?, ?), (?, ?)

IF @@TRANCOUNT > 0 COMMIT TRANSACTION

-- snapshot.warehouse.organisation_versions

DROP view IF EXISTS "history"."organisation_versions_snapshot_staging_temp_view";

BEGIN TRANSACTION

CREATE OR ALTER VIEW "history"."organisation_versions_snapshot_staging_temp_view" AS
select
    concat('subscriptions', ':', instance, ':', organisation_id, '') as organisation_key,
    instance,
    organisation_id,
    urn,
    case when name not like '%@%' then name end as name,
    case when phase not like '%@%' then phase end as phase,
    case when region not like '%@%' then region end as region,
    case when country not like '%@%' then country end as country,
    case when organisation_type not like '%@%' then organisation_type end as organisation_type,
    case when channel not like '%@%' then channel end as channel,
    case when status not like '%@%' then status end as status,
    created_at,
    updated_at
from "warehouse"."staging"."stg_subscriptions__organisations"
;

DROP table IF EXISTS "history"."organisation_versions__dbt_tmp";

DROP view IF EXISTS "history"."organisation_versions__dbt_tmp__dbt_tmp_vw";

DROP view IF EXISTS "history"."organisation_versions__dbt_tmp__dbt_tmp_vw";

CREATE OR ALTER VIEW "history"."organisation_versions__dbt_tmp__dbt_tmp_vw" AS
    with snapshot_query as (
        select * from "warehouse"."history"."organisation_versions_snapshot_staging_temp_view"
    ),
    snapshotted_data as (
        select *,
        organisation_key as dbt_unique_key
        from "warehouse"."history"."organisation_versions"
        where
            dbt_valid_to is null
        ),
    insertions_source_data as (
        select *,
        organisation_key as dbt_unique_key
,
        updated_at as dbt_updated_at,
        updated_at as dbt_valid_from,
  coalesce(nullif(updated_at, updated_at), null)
  as dbt_valid_to
,
    CONVERT(VARCHAR(32), HashBytes('MD5',
        coalesce(cast(organisation_key as varchar(8000)), '')  + '|' +
        coalesce(cast(updated_at as varchar(8000)), '')
    ), 2)
 as dbt_scd_id
        from snapshot_query
    ),
    updates_source_data as (
        select *,
        organisation_key as dbt_unique_key
,
        updated_at as dbt_updated_at,
        updated_at as dbt_valid_from,
        updated_at as dbt_valid_to
        from snapshot_query
    ),
        deletes_source_data as (
            select *,
        organisation_key as dbt_unique_key
            from snapshot_query
        ),
    insertions as (
        select 'insert' as dbt_change_type, source_data.*
        from insertions_source_data as source_data
        left outer join snapshotted_data
            on
        snapshotted_data.dbt_unique_key = source_data.dbt_unique_key
            where
        snapshotted_data.dbt_unique_key is null
            or (
        snapshotted_data.dbt_unique_key is not null
 and ((snapshotted_data.dbt_valid_from < source_data.updated_at)))
    ),
    updates as (
        select 'update' as dbt_change_type, source_data.*,
        snapshotted_data.dbt_scd_id
        from updates_source_data as source_data
        join snapshotted_data
        on
        snapshotted_data.dbt_unique_key = source_data.dbt_unique_key
        where ((snapshotted_data.dbt_valid_from < source_data.updated_at))
    )
        ,
        deletes as (
            select 'delete' as dbt_change_type,
            source_data.*,
            (select as_of from "warehouse"."intermediate"."int_calendar__run_clock") as dbt_valid_from,
            (select as_of from "warehouse"."intermediate"."int_calendar__run_clock") as dbt_updated_at,
            (select as_of from "warehouse"."intermediate"."int_calendar__run_clock") as dbt_valid_to,
            snapshotted_data.dbt_scd_id
            from snapshotted_data
            left join deletes_source_data as source_data
            on
        snapshotted_data.dbt_unique_key = source_data.dbt_unique_key
            where
        source_data.dbt_unique_key is null
        )
    select * from insertions
    union all
    select * from updates
        union all
        select * from deletes
;

SELECT * INTO "warehouse"."history"."organisation_versions__dbt_tmp" FROM "warehouse"."history"."organisation_versions__dbt_tmp__dbt_tmp_vw"
    ;

DROP TABLE "warehouse"."history"."organisation_versions__dbt_tmp"

DROP VIEW IF EXISTS "history"."organisation_versions__dbt_tmp__dbt_tmp_vw"

DROP view IF EXISTS "history"."organisation_versions__dbt_tmp__dbt_tmp_vw";

select * from (
        select
    CAST(SYSDATETIME() AS DATETIME2(6))
 as dbt_snapshot_time
    ) dbt_sbq_tmp
    where 1 = 0

update DBT_INTERNAL_DEST
  set dbt_valid_to = DBT_INTERNAL_SOURCE.dbt_valid_to
  from "history"."organisation_versions" as DBT_INTERNAL_DEST
  inner join "history"."organisation_versions__dbt_tmp" as DBT_INTERNAL_SOURCE
  on DBT_INTERNAL_SOURCE.dbt_scd_id = DBT_INTERNAL_DEST.dbt_scd_id
  where DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
    and DBT_INTERNAL_DEST.dbt_valid_to is null
    ;
  insert into "history"."organisation_versions" ("organisation_key", "dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to")
  select DBT_INTERNAL_SOURCE."organisation_key", DBT_INTERNAL_SOURCE."dbt_scd_id", DBT_INTERNAL_SOURCE."dbt_updated_at", DBT_INTERNAL_SOURCE."dbt_valid_from", DBT_INTERNAL_SOURCE."dbt_valid_to" from "history"."organisation_versions__dbt_tmp" as DBT_INTERNAL_SOURCE
  where  DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
    ;

DROP view IF EXISTS "history"."organisation_versions_snapshot_staging_temp_view";

IF @@TRANCOUNT > 0 COMMIT TRANSACTION

DROP table IF EXISTS "history"."organisation_versions__dbt_tmp";

-- model.warehouse.dim_products

DROP view IF EXISTS "build_core"."dim_products__dbt_tmp__dbt_tmp_vw";

BEGIN TRANSACTION

CREATE OR ALTER VIEW "build_core"."dim_products__dbt_tmp__dbt_tmp_vw" AS with products as (
    select * from "warehouse"."staging"."stg_subscriptions__products"
),
subscriptions as (
    select * from "warehouse"."staging"."stg_subscriptions__subscriptions"
),
trials as (
    select * from "warehouse"."staging"."stg_subscriptions__trials"
),
referred as (
    select
        instance,
        product_id
    from subscriptions
    union
    select
        instance,
        product_id
    from trials
),
missing as (
    select
        referred.instance,
        referred.product_id
    from referred
    left join products
        on referred.instance = products.instance
        and referred.product_id = products.product_id
    where products.product_id is null
),
final as (
    select
        concat('subscriptions', ':', instance, ':', product_id, '') as product_key,
        product_code,
        product_name,
        product_family,
        cast(0 as bit) as is_placeholder
    from products
    union all
    select
        concat('subscriptions', ':', instance, ':', product_id, '') as product_key,
        null as product_code,
        null as product_name,
        null as product_family,
        cast(1 as bit) as is_placeholder
    from missing
)
select * from final;

SELECT * INTO "warehouse"."build_core"."dim_products__dbt_tmp" FROM "warehouse"."build_core"."dim_products__dbt_tmp__dbt_tmp_vw"
    ;

DROP TABLE "warehouse"."build_core"."dim_products__dbt_tmp"

DROP VIEW IF EXISTS "build_core"."dim_products__dbt_tmp__dbt_tmp_vw"

EXEC sp_rename 'build_core.dim_products', 'dim_products__dbt_backup'

EXEC sp_rename 'build_core.dim_products__dbt_tmp', 'dim_products'

IF @@TRANCOUNT > 0 COMMIT TRANSACTION

DROP table IF EXISTS "build_core"."dim_products__dbt_backup";

-- test.warehouse.unique_product_platforms_platform.b4c90d53d3

BEGIN TRANSACTION

create view
    [intermediate].[testview_a669a8f0a005ff49cc30c4c4398db5e8]
   as
select
    platform as unique_field,
    count(*) as n_records
from "warehouse"."intermediate"."product_platforms"
where platform is not null
group by platform
having count(*) > 1
  ;

drop view
    [intermediate].[testview_a669a8f0a005ff49cc30c4c4398db5e8]
  ;

IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION

IF @@TRANCOUNT > 0 COMMIT TRANSACTION

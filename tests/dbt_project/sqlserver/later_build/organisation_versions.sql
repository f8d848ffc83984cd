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
from "warehouse"."staging"."stg_subscriptions__organisations";
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
        select * from deletes;
SELECT * INTO "warehouse"."history"."organisation_versions__dbt_tmp" FROM "warehouse"."history"."organisation_versions__dbt_tmp__dbt_tmp_vw";
DROP TABLE "warehouse"."history"."organisation_versions__dbt_tmp";
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
  where  DBT_INTERNAL_SOURCE.dbt_change_type = 'insert';
IF @@TRANCOUNT > 0 COMMIT TRANSACTION

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
CREATE OR ALTER VIEW "history"."organisation_versions__dbt_tmp_vw" AS
    select *,
    CONVERT(VARCHAR(32), HashBytes('MD5',
        coalesce(cast(organisation_key as varchar(8000)), '')  + '|' +
        coalesce(cast(updated_at as varchar(8000)), '')
    ), 2)
 as dbt_scd_id,
        updated_at as dbt_updated_at,
        updated_at as dbt_valid_from,
  coalesce(nullif(updated_at, updated_at), null)
  as dbt_valid_to
from (
        select * from "warehouse"."history"."organisation_versions_snapshot_staging_temp_view"
    ) sbq;
SELECT * INTO "warehouse"."history"."organisation_versions" FROM "warehouse"."history"."organisation_versions__dbt_tmp_vw";
IF @@TRANCOUNT > 0 COMMIT TRANSACTION

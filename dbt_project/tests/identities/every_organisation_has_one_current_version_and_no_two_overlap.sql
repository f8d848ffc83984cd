{# What: organisations of staging whose current version in school_history is missing or there twice, or whose
   versions overlap. When: the snapshot was not built with this run's rows, or somebody wrote into it. Resolve: see
   history.organisation_versions; never build it anew, it is the only copy. #}
with history as (
    select * from {{ ref('school_history') }}
),

organisations as (
    select * from {{ ref('stg_subscriptions__organisations') }}
),

placed as (
    select
        instance,
        organisation_id,
        case when is_current = {{ bool(true) }} then 1 else 0 end as current_versions,
        case
            when lead(valid_from) over (partition by instance, organisation_id order by version) < valid_to
                then 1
            when valid_to < valid_from then 1
            else 0
        end as faults
    from history
),

versions as (
    select
        instance,
        organisation_id,
        sum(current_versions) as current_versions,
        sum(faults) as faults
    from placed
    group by instance, organisation_id
)

select
    coalesce(organisations.instance, versions.instance) as instance,
    coalesce(organisations.organisation_id, versions.organisation_id) as organisation_id
from organisations
full outer join versions
    on organisations.instance = versions.instance
    and organisations.organisation_id = versions.organisation_id
where
    coalesce(versions.faults, 0) > 0
    or coalesce(versions.current_versions, 0)
    <> case when organisations.organisation_id is null then 0 else 1 end

with versions as (
    select * from {{ ref('organisation_versions') }}
),

organisations as (
    select * from {{ ref('int_schools__organisations') }}
),

ordered as (
    select
        versions.*,
        row_number() over (
            partition by organisation_key
            order by dbt_valid_from, case when dbt_valid_to is null then 1 else 0 end, dbt_valid_to
        ) as version,
        lag(dbt_valid_to) over (
            partition by organisation_key
            order by dbt_valid_from, case when dbt_valid_to is null then 1 else 0 end, dbt_valid_to
        ) as previous_valid_to
    from versions
),

-- Before its first version an organisation was not seen; one that comes back unchanged was never away.
begun as (
    select
        ordered.*,
        case
            when version = 1 and created_at < dbt_valid_from then created_at
            when previous_valid_to > dbt_valid_from then previous_valid_to
            else dbt_valid_from
        end as valid_from
    from ordered
),

final as (
    select
        begun.instance,
        begun.organisation_id,
        begun.version,
        coalesce(
            organisations.school_key,
            case
                when begun.urn is not null then {{ joined(["'urn:'", 'begun.urn']) }}
                else begun.organisation_key
            end
        ) as school_key,
        begun.urn,
        begun.name as school_name,
        begun.phase,
        begun.region,
        begun.country,
        begun.organisation_type,
        begun.channel,
        begun.status as organisation_status,
        begun.valid_from,
        case
            when begun.dbt_valid_to < begun.valid_from then begun.valid_from
            else begun.dbt_valid_to
        end as valid_to,
        {{ flag('begun.dbt_valid_to is null') }} as is_current
    from begun
    left join organisations
        on begun.instance = organisations.instance
        and begun.organisation_id = organisations.organisation_id
)

select * from final

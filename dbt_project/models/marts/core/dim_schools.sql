with organisations as (
    select * from {{ ref('stg_subscriptions__organisations') }}
),

keyed as (
    select * from {{ ref('int_schools__organisations') }}
),

register as (
    select * from {{ ref('int_schools__register') }}
),

ranked as (
    select
        keyed.school_key,
        keyed.is_placeholder,
        organisations.urn,
        organisations.name,
        organisations.phase,
        organisations.region,
        organisations.country,
        organisations.organisation_type,
        organisations.channel,
        row_number() over (
            partition by keyed.school_key
            order by organisations.updated_at desc, keyed.instance asc, keyed.organisation_id asc
        ) as newest_first,
        count(*) over (partition by keyed.school_key) as organisations,
        min(organisations.created_at) over (partition by keyed.school_key) as first_seen_at
    from keyed
    left join organisations
        on keyed.instance = organisations.instance
        and keyed.organisation_id = organisations.organisation_id
),

known as (
    select * from ranked
    where newest_first = 1
),

-- The register is asked first for what it decides; the service for what only a customer has.
final as (
    select
        coalesce(known.school_key, register.school_key) as school_key,
        coalesce(known.urn, register.urn) as urn,
        coalesce(known.name, register.school_name) as school_name,
        coalesce(register.phase, known.phase) as phase,
        coalesce(register.region, known.region) as region,
        known.country,
        known.organisation_type,
        known.channel,
        coalesce(known.organisations, 0) as organisations,
        coalesce(known.is_placeholder, {{ bool(false) }}) as is_placeholder,
        known.first_seen_at,
        coalesce(register.school_type, known.organisation_type) as school_type,
        register.pupils,
        {{ flag('known.school_key is not null') }} as is_organisation,
        {{ flag('register.school_key is not null') }} as is_registered,
        register.register_status,
        register.closed_on
    from known
    full outer join register on known.school_key = register.school_key
)

select * from final

with organisations as (
    select * from {{ ref('stg_subscriptions__organisations') }}
),

keyed as (
    select * from {{ ref('int_schools__organisations') }}
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

final as (
    select
        school_key,
        urn,
        name as school_name,
        phase,
        region,
        country,
        organisation_type,
        channel,
        organisations,
        is_placeholder,
        first_seen_at
    from ranked
    where newest_first = 1
)

select * from final

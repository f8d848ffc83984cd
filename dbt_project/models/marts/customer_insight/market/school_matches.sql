with named as (
    select * from {{ ref('int_schools__references_named') }}
),

schools as (
    select * from {{ ref('dim_schools') }}
),

register as (
    select * from {{ ref('int_schools__register') }}
),

customers as (
    select * from {{ ref('int_schools__customers') }}
),

joined_up as (
    select
        named.*,
        schools.school_key as known_key,
        schools.is_organisation,
        schools.organisations,
        register.urn as registered_urn,
        register.register_status,
        {{ differs_in_words('Name', 'named.name', 'register.school_name') }} as name_conflict,
        {{ differs_in_words('Phase', 'named.phase', 'register.phase') }} as phase_conflict,
        {{ differs_in_words('Region', 'named.region', 'register.region') }} as region_conflict,
        {{ differs_in_words('Type', 'named.organisation_type', 'register.school_type') }} as type_conflict,
        coalesce(customers.customer_status, {{ customer_status('null') }}) as customer_status
    from named
    left join schools on named.school_key = schools.school_key
    left join register on named.school_key = register.school_key
    left join customers on named.school_key = customers.school_key
),

told as (
    select
        joined_up.*,
        nullif(trim({{ joined([
            'name_conflict', 'phase_conflict', 'region_conflict', 'type_conflict',
            "case when named_in = 'organisations' and organisations > 1
                then 'Another organisation has this URN. ' end",
            "case when named_in = 'organisations' and register_status = 'closed' and customer_status = 'customer'
                then 'Closed in the register, and a customer. ' end",
        ]) }}), '') as conflicts
    from joined_up
),

final as (
    select
        platform,
        instance,
        named_in,
        reference,
        urn,
        known_key as school_key,
        case
            when is_placeholder = {{ bool(true) }} then 'platform id, not in staging'
            when urn is not null and registered_urn is not null then 'urn in register'
            when urn is not null and known_key is not null then 'urn not in register'
            when urn is not null then 'nothing, urn known to nobody'
            when named_in = 'organisations' and is_urn_unusable = {{ bool(true) }}
                then 'platform id, urn not usable'
            when named_in = 'organisations' then 'platform id'
            when is_urn_unusable = {{ bool(true) }} then 'nothing, urn not usable'
            else 'nothing, no urn'
        end as matched_by,
        case
            when conflicts is not null then 'conflicting'
            when registered_urn is not null then 'matched'
            else 'unmatched'
        end as status,
        conflicts,
        register_status,
        coalesce(is_organisation, {{ bool(false) }}) as is_organisation,
        case when known_key is not null then customer_status end as customer_status,
        records
    from told
)

select * from final

{% snapshot organisation_versions %}

{{ config(
    strategy='timestamp', unique_key='organisation_key', updated_at='updated_at', hard_deletes='invalidate'
) }}

-- The run's clock ends a version whose organisation is gone: macros/snapshots/snapshot_get_time.sql.
-- depends_on: {{ ref('int_calendar__run_clock') }}
select
    {{ platform_key('subscriptions', ['instance', 'organisation_id']) }} as organisation_key,
    instance,
    organisation_id,
    urn,
    name,
    phase,
    region,
    country,
    organisation_type,
    channel,
    status,
    created_at,
    updated_at
from {{ ref('stg_subscriptions__organisations') }}

{% endsnapshot %}

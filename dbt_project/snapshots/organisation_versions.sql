{% snapshot organisation_versions %}

{{ config(
    strategy='timestamp', unique_key='organisation_key', updated_at='updated_at', hard_deletes='invalidate'
) }}

-- What is once in here stays, so no text with an at sign, which may be somebody's address.
-- The run's clock ends a version whose organisation is gone: macros/snapshots/snapshot_get_time.sql.
-- depends_on: {{ ref('int_calendar__run_clock') }}
select
    {{ platform_key('subscriptions', ['instance', 'organisation_id']) }} as organisation_key,
    instance,
    organisation_id,
    urn,
    {%- for text in ['name', 'phase', 'region', 'country', 'organisation_type', 'channel', 'status'] %}
    {{ without_at_sign(text) }} as {{ text }},
    {%- endfor %}
    created_at,
    updated_at
from {{ ref('stg_subscriptions__organisations') }}

{% endsnapshot %}

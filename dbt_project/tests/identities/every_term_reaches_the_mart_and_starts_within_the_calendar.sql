{# What: terms of the subscription service that the mart lacks, or whose first days lie before dim_dates
   begins and would be left out of the movements. When: the first is our fault, the second means that
   the service holds older terms than expected. Resolve: set `calendar_starts_on` earlier in
   dbt_project.yml. #}
select
    landed.instance,
    landed.subscription_id
from {{ ref('stg_subscriptions__subscriptions') }} as landed
left join {{ ref('fct_subscription_terms') }} as terms
    on landed.instance = terms.instance
    and landed.subscription_id = terms.subscription_id
where terms.term_key is null
    or terms.starts_on < cast('{{ var('calendar_starts_on') }}' as date)

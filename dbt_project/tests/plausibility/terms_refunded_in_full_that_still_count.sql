{{ config(severity='warn') }}
{# What: paid terms whose credit notes take back all that was invoiced, without a cancellation. Their value
   still counts (decision 017). When: a term entered by mistake, or a cancellation nobody entered. Resolve: cancel or
   delete the term in the subscription service. #}
select
    term_key,
    invoiced_amount,
    credited_amount
from {{ ref('fct_subscription_terms') }}
where is_trial = {{ bool(false) }}
    and credited_amount > 0
    and credited_amount >= invoiced_amount
    and cancelled_from is null

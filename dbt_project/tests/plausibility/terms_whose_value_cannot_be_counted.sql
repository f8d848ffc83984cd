{{ config(severity='warn') }}
{# What: paid terms with a negative annual value, or that end before they start. The movements leave
   them out. When: a credit note entered as a term, or a typing error; the school's value is then too
   high or missing. Resolve: correct the term in the subscription service. #}
select
    term_key,
    annual_value,
    starts_on,
    ends_on
from {{ ref('fct_subscription_terms') }}
where is_trial = {{ bool(false) }}
    and (annual_value < 0 or ends_on < starts_on)

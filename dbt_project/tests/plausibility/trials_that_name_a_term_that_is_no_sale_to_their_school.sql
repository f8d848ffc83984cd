{{ config(severity='warn') }}
{# What: trials that say they became a term which is not there, is another school's or has no value. They
   count as not converted. When: the term was deleted or waits in quarantine, or somebody picked the
   wrong one. Resolve: replay the quarantine, else correct the trial in the subscription service. #}
select
    trial_key,
    school_key,
    named_term
from {{ ref('fct_trials') }}
where named_term not in ('none', 'paid')

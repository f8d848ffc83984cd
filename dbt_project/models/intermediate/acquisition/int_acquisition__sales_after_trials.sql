with trials as (
    select * from {{ ref('int_acquisition__trials_placed') }}
),

paid_terms as (
    select * from {{ ref('int_acquisition__paid_terms') }}
),

-- The school's terms of the product tried, before and after.
compared as (
    select
        trials.trial_key,
        case
            when {{ sale_follows_trial('paid_terms.paid_from', 'trials.started_on', 'trials.ends_on') }}
                then paid_terms.paid_from
        end as followed_on,
        case
            when paid_terms.paid_from <= trials.started_on and paid_terms.paid_to >= trials.started_on then 1
            else 0
        end as had_it_before
    from trials
    inner join paid_terms
        on trials.school_key = paid_terms.school_key
        and trials.product_key = paid_terms.product_key
),

summed as (
    select
        trial_key,
        min(followed_on) as followed_on,
        max(had_it_before) as had_it_before
    from compared
    group by trial_key
),

-- Who pays for the product on the trial's first day renews it; that is no sale after a trial.
final as (
    select
        trial_key,
        followed_on
    from summed
    where had_it_before = 0 and followed_on is not null
)

select * from final

with schools_won as (
    select * from {{ ref('int_acquisition__schools_won') }}
),

products_bought as (
    select * from {{ ref('int_acquisition__products_bought') }}
),

trials as (
    select * from {{ ref('fct_trials') }}
),

schools as (
    select * from {{ ref('dim_schools') }}
),

first_trials as (
    select
        school_key,
        min(started_on) as first_trial_on
    from trials
    group by school_key
),

-- Products first paid on one day are one step.
steps as (
    select
        school_key,
        first_paid_on,
        {{ ordered_list('product_name', ' + ', ['place']) }} as step
    from products_bought
    group by school_key, first_paid_on
),

paths as (
    select
        school_key,
        {{ ordered_list('step', ' > ', ['first_paid_on']) }} as path
    from steps
    group by school_key
),

counts as (
    select
        school_key,
        count(*) as products_ever,
        sum(paid_now) as products_now,
        max(case when place = 2 then first_paid_on end) as second_paid_on
    from products_bought
    group by school_key
),

final as (
    select
        schools_won.school_key,
        schools.urn,
        schools.school_name,
        schools.phase,
        schools.region,
        schools_won.channel,
        schools_won.is_led,
        schools_won.first_lead_on,
        first_trials.first_trial_on,
        schools_won.first_paid_on,
        {{ academic_year('schools_won.first_paid_on') }} as first_paid_academic_year,
        schools_won.days_to_paid,
        steps.step as first_product,
        paths.path,
        cast(counts.products_ever as bigint) as products_ever,
        cast(counts.products_now as bigint) as products_now,
        {{ months_to_second_product('schools_won.first_paid_on', 'counts.second_paid_on') }}
            as months_to_second_product
    from schools_won
    inner join paths on schools_won.school_key = paths.school_key
    inner join counts on schools_won.school_key = counts.school_key
    inner join steps
        on schools_won.school_key = steps.school_key
        and schools_won.first_paid_on = steps.first_paid_on
    left join schools on schools_won.school_key = schools.school_key
    left join first_trials on schools_won.school_key = first_trials.school_key
)

select * from final

with outcomes as (
    select * from {{ ref('int_health__outcomes_compared') }}
),

-- Each row in its own band, and those that gave warning once more together.
banded as (
    select
        level_compared,
        months_compared,
        band,
        lapsed
    from outcomes
    union all
    select
        level_compared,
        months_compared,
        'amber or red' as band,
        lapsed
    from outcomes
    where band in ('amber', 'red')
),

bands as (
    select
        level_compared,
        months_compared,
        band,
        count(*) as school_months,
        sum(lapsed) as lapsed,
        sum(1 - lapsed) as stayed
    from banded
    group by level_compared, months_compared, band
),

totals as (
    select
        level_compared,
        months_compared,
        sum(lapsed) as lapsed,
        sum(1 - lapsed) as stayed
    from outcomes
    group by level_compared, months_compared
),

final as (
    select
        bands.level_compared,
        bands.months_compared,
        bands.band,
        cast(bands.school_months as bigint) as school_months,
        cast(bands.lapsed as bigint) as lapsed,
        cast(bands.stayed as bigint) as stayed,
        {{ outcome_share('bands.lapsed', 'bands.school_months') }} as share_lapsed,
        {{ outcome_share('bands.lapsed', 'totals.lapsed') }} as share_of_lapsed,
        {{ outcome_share('bands.stayed', 'totals.stayed') }} as share_of_stayed
    from bands
    inner join totals
        on bands.level_compared = totals.level_compared
        and bands.months_compared = totals.months_compared
)

select * from final

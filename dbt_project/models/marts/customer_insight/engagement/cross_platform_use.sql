{%- set platforms = ['classroom', 'bookshelf', 'moodle', 'reading'] %}

with account_days as (
    select * from {{ ref('int_engagement__account_days') }}
),

schools as (
    select * from {{ ref('dim_schools') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

-- The academic year of the last complete month, up to that month's end.
days_of_year as (
    select account_days.*
    from account_days
    cross join run_clock
    where
        account_days.activity_date >= {{ academic_year_starts_on('run_clock.last_complete_month') }}
        and account_days.activity_date <= {{ month_end('run_clock.last_complete_month') }}
),

-- Moodle and the reading app tell no school: their users count where another platform says who they are.
members as (
    select
        school_urn,
        person_key,
        max(case when account_role = 'learner' then 1 else 0 end) as is_learner
    from days_of_year
    where school_urn is not null
    group by school_urn, person_key
),

presence as (
    select
        person_key,
        {% for platform in platforms -%}
        max(case when platform = '{{ platform }}' then 1 else 0 end) as on_{{ platform }},
        {% endfor -%}
        count(distinct platform) as platforms
    from days_of_year
    group by person_key
),

counted as (
    select
        {{ joined(["'urn:'", 'members.school_urn']) }} as school_key,
        {% for platform in platforms -%}
        max(presence.on_{{ platform }}) as on_{{ platform }},
        {% endfor -%}
        sum(members.is_learner) as learners,
        sum(
            case when presence.platforms > 1 then members.is_learner else 0 end
        ) as learners_on_several_platforms,
        {{ share_on_several_platforms('members.is_learner', 'presence.platforms') }}
            as share_on_several_platforms
    from members
    inner join presence on members.person_key = presence.person_key
    group by members.school_urn
),

worded as (
    select
        counted.*,
        case
            when learners_on_several_platforms > 0 then learners_on_several_platforms
            else learners
        end as fewest_shown,
        on_{{ platforms | join(' + on_') }} as platforms_used,
        {{ platforms_together(platforms) }} as platforms_together
    from counted
),

final as (
    select
        schools.school_key,
        schools.urn,
        schools.school_name,
        schools.phase,
        schools.region,
        {{ academic_year('run_clock.last_complete_month') }} as academic_year,
        worded.platforms_together,
        worded.platforms_used,
        cast(worded.learners as bigint) as learners,
        cast(worded.learners_on_several_platforms as bigint) as learners_on_several_platforms,
        worded.share_on_several_platforms,
        {{ is_small_cell('worded.fewest_shown') }} as is_small_cell
    from worded
    inner join schools on worded.school_key = schools.school_key
    cross join run_clock
)

select * from final

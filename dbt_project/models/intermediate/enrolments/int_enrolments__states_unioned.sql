-- One platform more is its name here and a model int_enrolments__<platform>_states.
with states as (
    {% set union = joiner('union all') -%}
    {%- for platform in ['moodle', 'classroom', 'edx'] if platform_enabled(platform) %}
    {{ union() }}
    select
        '{{ platform }}' as platform,
        instance,
        course_run_key,
        person_key,
        cast(unit_key as {{ t_text(120) }}) as unit_key,
        state_date,
        enrolled,
        cast(mode as {{ t_text(40) }}) as mode,
        {% if platform == 'edx' %}known_to{% else %}cast(null as date){% endif %} as known_to
    from {{ ref('int_enrolments__' ~ platform ~ '_states') }}
    {%- endfor %}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

-- What is to begin does not count yet; what began before the calendar does counts from its first day on.
bounded as (
    select
        states.platform,
        states.instance,
        states.course_run_key,
        states.person_key,
        states.unit_key,
        case
            when states.state_date < cast('{{ var('calendar_starts_on') }}' as date)
                then cast('{{ var('calendar_starts_on') }}' as date)
            else states.state_date
        end as state_date,
        states.state_date as told_date,
        states.enrolled,
        coalesce(states.mode, 'unknown') as mode,
        case when states.known_to < run_clock.as_of_date then states.known_to else run_clock.as_of_date end
            as known_to
    from states
    cross join run_clock
),

last_of_day as (
    select
        *,
        row_number() over (
            partition by platform, instance, course_run_key, person_key, unit_key, state_date
            order by told_date desc
        ) as place
    from bounded
    where state_date <= known_to
),

final as (
    select
        platform,
        instance,
        course_run_key,
        person_key,
        unit_key,
        state_date,
        enrolled,
        mode,
        known_to
    from last_of_day
    where place = 1
)

select * from final

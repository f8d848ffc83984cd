{{ config(
    materialized='incremental',
    incremental_strategy='replace_changed',
    changes=[{'of': 'int_activity__learner_stretches', 'by': ['week_starts_on']}],
    pre_hook="{{ count_changes() }}",
    post_hook="{{ remember_changes() }}"
) }}

-- depends_on: {{ ref('int_activity__learner_stretches') }}
with daily as (
    select * from {{ ref('fct_course_activity_daily') }}
),

dates as (
    select dim_dates.* from {{ ref('dim_dates') }} as dim_dates
    {{ with_changed_keys('dim_dates') }}
),

labelled as (
    {% set union = joiner('union all') -%}
    {%- for label in ['ACTIVE', 'PLAYED_VIDEO', 'ATTEMPTED_PROBLEM', 'POSTED_FORUM'] %}
    {{ union() }}
    select
        platform,
        instance,
        place_key,
        course_run_key,
        '{{ label }}' as label,
        activity_date,
        person_key,
        {{ label | lower }}_acts as acts
    from daily
    where {{ label | lower }}_acts > 0
    {%- endfor %}
),

final as (
    select
        labelled.platform,
        labelled.instance,
        labelled.place_key,
        labelled.course_run_key,
        labelled.label,
        dates.week_starts_on,
        {{ learners('labelled.person_key') }} as learners,
        cast(sum(labelled.acts) as bigint) as acts
    from labelled
    inner join dates on labelled.activity_date = dates.date_day
    group by
        labelled.platform, labelled.instance, labelled.place_key, labelled.course_run_key, labelled.label,
        dates.week_starts_on
)

select * from final

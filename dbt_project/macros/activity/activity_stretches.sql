{# CTEs that turn acts into stretches of activity; the last one is `stretches`. `acts` names a CTE or relation with
   instance, account_id, course_id, act, act_id, activity_date, occurred_at, ended_at.

   A day is worked out from the acts that began on it and from nothing else, so a day that changed can be built anew by
   itself: parts are numbered within the day, and int_activity__sessions_joined joins parts over midnight. The time
   after an act belongs to the act and its course until the account's next act on the platform, wherever that is; so
   what two courses get never adds up to more than the clock. Two acts of one second stand in the order of their ids. #}
{% macro activity_stretches(acts) -%}
{%- set account_day -%}
partition by instance, account_id, activity_date order by occurred_at, act_id, act
{%- endset -%}
in_order as (
    select
        *,
        max(ended_at) over (
            {{ account_day }}
            rows between unbounded preceding and 1 preceding
        ) as ended_before,
        max(ended_at) over (
            {{ account_day }}
            rows between unbounded preceding and current row
        ) as ended_so_far,
        lead(occurred_at) over (
            {{ account_day }}
        ) as next_at
    from {{ acts }}
),

timed as (
    select
        *,
        {{ begins_session('ended_before', 'occurred_at') }} as begins,
        -- what an act lasts counts once where two run at the same time
        case
            when ended_before >= ended_at then 0
            when ended_before > occurred_at then {{ second_diff('ended_before', 'ended_at') }}
            else {{ second_diff('occurred_at', 'ended_at') }}
        end as own_seconds
    from in_order
),

parted as (
    select
        *,
        sum(begins) over (
            {{ account_day }}
            rows between unbounded preceding and current row
        ) as day_part,
        own_seconds + {{ seconds_on_task('ended_so_far', 'next_at', 5) }} as seconds_5,
        own_seconds + {{ seconds_on_task('ended_so_far', 'next_at', 30) }} as seconds_30
    from timed
),

grouped as (
    select
        instance,
        account_id,
        course_id,
        act,
        activity_date,
        cast(day_part as bigint) as day_part,
        cast(count(*) as bigint) as acts,
        min(occurred_at) as first_at,
        max(ended_at) as last_at,
        cast(sum(seconds_5) as bigint) as seconds_5,
        cast(sum(seconds_30) as bigint) as seconds_30,
        max(case when next_at is null then 1 else 0 end) as is_last_of_day
    from parted
    group by instance, account_id, course_id, act, activity_date, day_part
),

stretches as (
    select
        *,
        {{ row_hash([
            'instance', 'account_id', 'course_id', 'act', 'activity_date', 'day_part', 'acts', 'first_at', 'last_at',
            'seconds_5', 'seconds_30', 'is_last_of_day'
        ]) }} as row_hash
    from grouped
)
{%- endmacro %}

{# CTE `moves`: what moves an account on a course run, in order of move_number. `sets` is 1 or 0 where the move says
   whether the account is enrolled, empty where it says nothing about that; `mode` is the mode after it.

   Without a snapshot these are edX's acts and nothing else, so that replaying them is edX's own rule. A snapshot adds two
   moves (decision 083). Enrolled before the logs begin, or its activation lost: a move on the day the snapshot says
   it was made. And what the snapshot says holds from the last act on that it must have known: an act that went astray
   came after it, nobody knows when; so no newer snapshot moves a day that was counted. #}
{% macro enrolment_moves(acts, snapshots, first_acts, known_acts) -%}
moves as (
    select
        instance,
        user_id,
        course_key,
        event_date as state_date,
        2 * act_number as move_number,
        case act when 'activated' then 1 when 'deactivated' then 0 end as sets,
        mode
    from {{ acts }}
    union all
    select
        {{ snapshots }}.instance,
        {{ snapshots }}.user_id,
        {{ snapshots }}.course_key,
        {{ snapshots }}.enrolled_on as state_date,
        0 as move_number,
        case
            when {{ first_acts }}.act is null or {{ first_acts }}.event_date > {{ snapshots }}.snapshot_date
                then case when {{ snapshots }}.is_active = {{ bool(true) }} then 1 else 0 end
            -- whoever is activated on a later day had left before, nobody knows when
            when {{ first_acts }}.act = 'activated' then 0
            else 1
        end as sets,
        case
            when {{ first_acts }}.act is null or {{ first_acts }}.event_date > {{ snapshots }}.snapshot_date
                then {{ snapshots }}.mode
            when {{ first_acts }}.act = 'mode_changed' then 'unknown'
            else {{ first_acts }}.mode
        end as mode
    from {{ snapshots }}
    left join {{ first_acts }}
        on {{ snapshots }}.instance = {{ first_acts }}.instance
        and {{ snapshots }}.user_id = {{ first_acts }}.user_id
        and {{ snapshots }}.course_key = {{ first_acts }}.course_key
    where
        {{ first_acts }}.act is null
        or {{ snapshots }}.enrolled_on < {{ first_acts }}.event_date
        or ({{ snapshots }}.enrolled_on = {{ first_acts }}.event_date and {{ first_acts }}.act <> 'activated')
    union all
    select
        {{ snapshots }}.instance,
        {{ snapshots }}.user_id,
        {{ snapshots }}.course_key,
        {{ acts }}.event_date as state_date,
        2 * {{ acts }}.act_number + 1 as move_number,
        case when {{ snapshots }}.is_active = {{ bool(true) }} then 1 else 0 end as sets,
        {{ snapshots }}.mode
    from {{ snapshots }}
    inner join {{ known_acts }}
        on {{ snapshots }}.instance = {{ known_acts }}.instance
        and {{ snapshots }}.user_id = {{ known_acts }}.user_id
        and {{ snapshots }}.course_key = {{ known_acts }}.course_key
    inner join {{ acts }}
        on {{ known_acts }}.instance = {{ acts }}.instance
        and {{ known_acts }}.user_id = {{ acts }}.user_id
        and {{ known_acts }}.course_key = {{ acts }}.course_key
        and {{ known_acts }}.act_number = {{ acts }}.act_number
)
{%- endmacro %}

{{ config(enabled=platform_enabled('edx') or platform_enabled('moodle')) }}

-- One platform more is its rows here, with these columns.
with
{% if platform_enabled('edx') -%}
edx_attempts as (
    select * from {{ ref('int_edx__problem_attempts_placed') }}
),

{% endif %}
{%- if platform_enabled('moodle') -%}
moodle_attempts as (
    select * from {{ ref('int_course_activity__moodle_quiz_attempts_placed') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

{% endif -%}
attempts as (
    {% set union = joiner('union all') -%}
    {%- if platform_enabled('edx') %}
    {{ union() }}
    select
        {{ platform_key('edx', ['instance', 'line_hash']) }} as attempt_key,
        'edx' as platform,
        instance,
        person_key,
        user_id as account_key,
        course_run_key,
        block_id as problem_id,
        event_date as attempted_on,
        occurred_at as attempted_at,
        attempt_number,
        outcome,
        points_earned,
        points_possible,
        is_first,
        is_last,
        row_hash
    from edx_attempts
    {%- endif %}
    {%- if platform_enabled('moodle') %}
    {{ union() }}
    select
        {{ platform_key('moodle', ['instance', 'quiz_attempt_id']) }} as attempt_key,
        'moodle' as platform,
        instance,
        person_key,
        user_id as account_key,
        course_run_key,
        cast(quiz_id as {{ t_text(255) }}) as problem_id,
        cast(finished_at as date) as attempted_on,
        finished_at as attempted_at,
        attempt_number,
        cast(null as {{ t_text(20) }}) as outcome,
        cast(marks as {{ t_double() }}) as points_earned,
        cast(marks_max as {{ t_double() }}) as points_possible,
        is_first,
        is_last,
        {{ row_hash(
            [
                'moodle_attempts.instance', 'quiz_attempt_id', 'finished_at', 'user_id', 'person_key', 'course_run_key',
                'quiz_id', 'attempt_number', 'is_first', 'is_last'
            ],
            ['cast(marks as ' ~ t_double() ~ ')', 'cast(marks_max as ' ~ t_double() ~ ')']
        ) }} as row_hash
    from moodle_attempts
    inner join run_clock on cast(moodle_attempts.finished_at as date) <= run_clock.as_of_date
    {%- endif %}
),

final as (
    select * from attempts
)

select * from final

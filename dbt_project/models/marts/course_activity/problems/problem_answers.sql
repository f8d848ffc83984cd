{%- set of_part = 'partition by instance, course_run_key, block_id, part_id' %}
with answered as (
    select
        *,
        row_number() over ({{ of_part }} order by event_date desc, occurred_at desc, line_hash desc) as newest
    from {{ ref('int_edx__problem_answers_unpacked') }}
),

-- Whether a part is a question with choices is what its newest answer says; before March 2014 none did.
kinds as (
    select
        *,
        max(case when newest = 1 then response_type end) over ({{ of_part }}) as kind
    from answered
),

chosen as (
    select
        *,
        row_number() over (
            partition by instance, course_run_key, block_id, part_id, answer
            order by event_date desc, occurred_at desc, line_hash desc
        ) as newest_of_answer
    from kinds
    where
        kind in ('choiceresponse', 'multiplechoiceresponse', 'optionresponse')
        and answer is not null
),

final as (
    select
        instance,
        course_run_key,
        block_id as problem_id,
        part_id,
        answer,
        kind as response_type,
        {{ flag("max(case when newest_of_answer = 1 then correctness end) = 'correct'") }} as is_correct,
        {{ answers_given('is_first') }} as first_answers,
        {{ answers_given('is_last') }} as last_answers
    from chosen
    group by instance, course_run_key, block_id, part_id, answer, kind
)

select * from final

-- The parts of a learner's first and last attempt at a problem: edX's distribution counts no other.
with attempts as (
    select
        *,
        replace(answers, '"part":', '') as answers_without_parts
    from {{ ref('int_edx__problem_attempts_placed') }}
    where
        answers is not null
        and (is_first = {{ bool(true) }} or is_last = {{ bool(true) }})
),

{{ numbers_of_digits(3) }},

-- Seven characters are `"part":`, which no value has in it.
counted as (
    select
        *,
        {{ integer_divide(
            '(' ~ text_length('answers') ~ ' - ' ~ text_length('answers_without_parts') ~ ')', 7
        ) }} as parts
    from attempts
),

unpacked as (
    select
        counted.instance,
        counted.line_hash,
        counted.event_date,
        counted.occurred_at,
        counted.user_id,
        counted.person_key,
        counted.course_run_key,
        counted.block_id,
        counted.is_first,
        counted.is_last,
        {{ json_text('counted.answers', joined(["'$['", 'numbers.number', "'].part'"])) }} as part_id,
        {{ json_text('counted.answers', joined(["'$['", 'numbers.number', "'].type'"])) }} as response_type,
        {{ json_text('counted.answers', joined(["'$['", 'numbers.number', "'].correct'"])) }} as correctness,
        {{ json_part('counted.answers', joined(["'$['", 'numbers.number', "'].answers'"])) }} as choices
    from counted
    inner join numbers on counted.parts > numbers.number
),

-- ["choice_0","choice_2"] as choice_0|choice_2; [] and [null] are a part without an answer
bared as (
    select
        *,
        replace(replace(replace(choices, '["', ''), '"]', ''), '","', '|') as bare_choices
    from unpacked
),

final as (
    select
        instance,
        line_hash,
        event_date,
        occurred_at,
        user_id,
        person_key,
        course_run_key,
        block_id,
        is_first,
        is_last,
        cast(part_id as {{ t_text(255) }}) as part_id,
        cast(response_type as {{ t_text(40) }}) as response_type,
        cast(correctness as {{ t_text(20) }}) as correctness,
        cast(nullif(nullif(bare_choices, '[]'), '[null]') as {{ t_text(400) }}) as answer
    from bared
)

select * from final

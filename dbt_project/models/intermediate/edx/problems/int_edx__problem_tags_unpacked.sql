-- The tags of a problem are those of its latest attempt. {"difficulty":["Hard"]} becomes
-- ["#difficulty","Hard"]: the engines share no other way to a value than by its place in a list.
{%- set of_problem = 'partition by instance, course_run_key, block_id' %}
with attempts as (
    select
        *,
        row_number() over (
            {{ of_problem }} order by event_date desc, occurred_at desc, line_hash desc
        ) as place
    from {{ ref('int_edx__problem_attempts_placed') }}
),

latest as (
    select
        instance,
        course_run_key,
        block_id,
        replace(replace(replace(tags, '[]', '[""]'), '[null', '[""'), ',null', ',""') as whole_tags
    from attempts
    where
        place = 1
        and tags <> '{}'
),

listed as (
    select
        *,
        replace(
            replace(replace(replace(whole_tags, '{"', '["#'), '":["', '","'), '"],"', '","#'), '"]}', '"]'
        ) as tokens
    from latest
),

{{ numbers_of_digits(2) }},

unpacked as (
    select
        listed.instance,
        listed.course_run_key,
        listed.block_id,
        numbers.number,
        {{ json_text('listed.tokens', joined(["'$['", 'numbers.number', "']'"])) }} as token
    from listed
    cross join numbers
),

keyed as (
    select
        *,
        sum(case when token like '#%' then 1 else 0 end) over (
            {{ of_problem }} order by number
            rows between unbounded preceding and current row
        ) as tag_number
    from unpacked
    where token is not null
),

named as (
    select
        *,
        max(case when token like '#%' then token end) over (
            partition by instance, course_run_key, block_id, tag_number
        ) as key_token
    from keyed
),

final as (
    select
        instance,
        course_run_key,
        block_id,
        cast(replace(key_token, '#', '') as {{ t_text(40) }}) as tag_name,
        cast(token as {{ t_text(255) }}) as tag_value
    from named
    where
        token not like '#%'
        and {{ text_length('token') }} > 0
    group by instance, course_run_key, block_id, key_token, token
)

select * from final

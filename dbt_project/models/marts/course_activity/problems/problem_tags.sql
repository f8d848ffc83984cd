with tags as (
    select * from {{ ref('int_edx__problem_tags_unpacked') }}
),

attempts as (
    select * from {{ ref('fct_problem_attempts') }}
    where platform = 'edx'
),

problems as (
    select
        instance,
        course_run_key,
        problem_id,
        cast(count(*) as bigint) as submissions,
        {{ correct_submissions('outcome') }} as correct_submissions
    from attempts
    group by instance, course_run_key, problem_id
),

final as (
    select
        problems.instance,
        problems.course_run_key,
        problems.problem_id,
        tags.tag_name,
        tags.tag_value,
        problems.submissions,
        problems.correct_submissions
    from problems
    inner join tags
        on problems.instance = tags.instance
        and problems.course_run_key = tags.course_run_key
        and problems.problem_id = tags.block_id
)

select * from final

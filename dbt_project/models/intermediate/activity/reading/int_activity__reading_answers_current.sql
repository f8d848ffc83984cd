-- The list belongs to the version of the attempt that it stands in.
with answers as (
    select * from {{ ref('stg_reading__quiz_answers') }}
),

quiz_results as (
    select * from {{ ref('stg_reading__quiz_results') }}
),

final as (
    select
        answers.instance,
        quiz_results.account_id,
        quiz_results.attempt_id,
        answers.answer_number,
        answers.question_id,
        answers.is_correct,
        answers.seconds_taken
    from answers
    inner join quiz_results
        on answers.instance = quiz_results.instance
        and answers._file_key = quiz_results._file_key
        and answers._offset = quiz_results._offset
)

select * from final

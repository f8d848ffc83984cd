with landed as (
    select * from {{ source('reading', 'quiz_answers') }}
),

-- The list belongs to the version of the attempt that it stands in.
quiz_results as (
    select * from {{ ref('stg_reading__quiz_results') }}
),

final as (
    select
        landed._instance as instance,
        quiz_results.account_id,
        quiz_results.attempt_id,
        landed.element as answer_number,
        landed.question_id,

        landed.is_correct,
        landed.seconds_taken
    from landed
    inner join quiz_results
        on landed._instance = quiz_results.instance
        and landed._file_key = quiz_results._file_key
        and landed._offset = quiz_results._offset
)

select * from final

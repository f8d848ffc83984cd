with landed as (
    select * from {{ source('reading', 'quiz_answers') }}
),

final as (
    select
        _instance as instance,
        _file_key,
        _offset,
        element as answer_number,
        question_id,

        is_correct,
        seconds_taken
    from landed
)

select * from final

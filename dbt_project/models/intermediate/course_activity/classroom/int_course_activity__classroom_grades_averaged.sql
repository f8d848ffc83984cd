with scores as (
    select * from {{ ref('stg_classroom__scores') }}
),

lessons as (
    select * from {{ ref('stg_classroom__lessons') }}
),

best_attempts as (
    select
        scores.instance,
        scores.user_id,
        lessons.class_id,
        scores.lesson_id,
        {{ best_grade_percent('scores.score', 'scores.max_score') }} as grade_percent
    from scores
    inner join lessons
        on scores.instance = lessons.instance
        and scores.lesson_id = lessons.lesson_id
    group by scores.instance, scores.user_id, lessons.class_id, scores.lesson_id
),

final as (
    select
        instance,
        user_id,
        class_id,
        count(grade_percent) as lessons_graded,
        {{ average('grade_percent') }} as grade_percent
    from best_attempts
    group by instance, user_id, class_id
)

select * from final

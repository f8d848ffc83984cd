{# What: people on a board of a class in which course_enrolments does not have them, and boards whose first
   place is not 1 or that count other people than they show. When: always a fault of our SQL. Resolve: see
   int_course_activity__classroom_stays_combined and macros/measures/points_rank.sql. #}
with board_places as (
    select * from {{ ref('leaderboard') }}
),

enrolments as (
    select * from {{ ref('course_enrolments') }}
)

select
    board_places.course_run_key,
    'not in the class' as fault
from board_places
left join enrolments
    on board_places.course_run_key = enrolments.course_run_key
    and board_places.person_key = enrolments.person_key
where enrolments.person_key is null
union all
select
    course_run_key,
    'places' as fault
from board_places
group by course_run_key, period, period_starts_on
having min(points_rank) <> 1 or max(learners) <> count(*) or max(points_rank) > count(*)

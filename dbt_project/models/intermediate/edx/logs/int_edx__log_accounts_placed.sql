-- An event names the account by id; where it does not, by username, as in the first years.
with learners as (
    select * from {{ ref('int_edx__learners_selected') }}
),

course_runs as (
    select
        instance,
        entity,
        {{ edx_course_key('course_id') }} as course_key
    from {{ ref('int_edx__course_runs') }}
),

users as (
    select distinct
        instance,
        entity,
        user_id,
        username_pseudonym
    from {{ ref('stg_edx__users') }}
    where username_pseudonym is not null
),

placed as (
    select
        learners.*,
        course_runs.course_key
    from learners
    inner join course_runs
        on learners.instance = course_runs.instance
        and learners.entity = course_runs.entity
),

named as (
    select
        instance,
        course_key,
        user_id as account_id,
        user_id,
        person_key,
        course_run_key
    from placed
    union all
    select
        placed.instance,
        placed.course_key,
        users.username_pseudonym as account_id,
        placed.user_id,
        placed.person_key,
        placed.course_run_key
    from placed
    inner join users
        on placed.instance = users.instance
        and placed.entity = users.entity
        and placed.user_id = users.user_id
),

ranked as (
    select
        *,
        row_number() over (partition by instance, course_key, account_id order by user_id, course_run_key) as place
    from named
),

final as (
    select
        instance,
        course_key,
        account_id,
        user_id,
        person_key,
        course_run_key
    from ranked
    where place = 1
)

select * from final

{{ config(materialized='table') }}

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
        user_id
    from placed
    union all
    select
        placed.instance,
        placed.course_key,
        users.username_pseudonym as account_id,
        placed.user_id
    from placed
    inner join users
        on placed.instance = users.instance
        and placed.entity = users.entity
        and placed.user_id = users.user_id
),

-- A username belongs to one account; should a snapshot give it to two, it is the first one's.
belonging as (
    select
        instance,
        course_key,
        account_id,
        min(user_id) as user_id
    from named
    group by instance, course_key, account_id
),

final as (
    select
        belonging.instance,
        belonging.course_key,
        belonging.account_id,
        belonging.user_id,
        placed.person_key,
        placed.course_run_key
    from belonging
    inner join placed
        on belonging.instance = placed.instance
        and belonging.course_key = placed.course_key
        and belonging.user_id = placed.user_id
)

select * from final

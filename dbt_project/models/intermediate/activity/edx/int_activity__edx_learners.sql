-- The course in its normal spelling, as in the acts: a log may write a run's id otherwise than the snapshot.
with accounts as (
    select * from {{ ref('int_edx__log_accounts_placed') }}
    where account_id = user_id
),

final as (
    select
        instance,
        user_id as account_id,
        person_key,
        {{ platform_key('edx', ['instance', 'course_key']) }} as place_key,
        course_run_key
    from accounts
)

select * from final

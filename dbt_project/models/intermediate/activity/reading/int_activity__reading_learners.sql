with measured_accounts as (
    select * from {{ ref('int_people__measured_accounts') }}
    where
        platform = 'reading'
        and account_role = 'learner'
        and is_closed = {{ bool(false) }}
),

final as (
    select
        instance,
        account_id,
        person_key,
        {{ platform_key('reading', ['instance']) }} as place_key,
        cast(null as {{ t_text(255) }}) as course_run_key
    from measured_accounts
)

select * from final

{# CTE `account_learners`: whoever learns on a platform by an account alone; the place is its instance, without a course
   run. `measured_accounts` names a CTE or relation with the rows of int_people__measured_accounts. #}
{% macro account_learners(measured_accounts, platform) -%}
account_learners as (
    select
        instance,
        account_id,
        person_key,
        {{ platform_key(platform, ['instance']) }} as place_key,
        cast(null as {{ t_text(255) }}) as course_run_key
    from {{ measured_accounts }}
    where
        platform = '{{ platform }}'
        and account_role = 'learner'
        and is_closed = {{ bool(false) }}
)
{%- endmacro %}

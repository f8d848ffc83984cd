{# What: deleted accounts whose username (an e-mail address by then) or e-mail landed, even as a pseudonym,
   and contexts that carry a person's id in the clear. When: personal data is where it must not be. Resolve:
   stop publishing, correct the contract's `blank_when`, land the table in full. #}
{{ config(enabled=platform_enabled('moodle')) }}

with users as (
    select * from {{ source('moodle', 'mdl_user') }}
),

contexts as (
    select * from {{ source('moodle', 'mdl_context') }}
)

select
    'mdl_user' as table_name,
    _instance as instance,
    count(*) as rows_in_the_clear
from users
where deleted = 1 and (username is not null or email is not null)
group by _instance
union all
select
    'mdl_context' as table_name,
    _instance as instance,
    count(*) as rows_in_the_clear
from contexts
where contextlevel = 30 and instanceid is not null
group by _instance

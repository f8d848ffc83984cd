with measured_accounts as (
    select * from {{ ref('int_people__measured_accounts') }}
),

{{ account_learners('measured_accounts', 'reading') }}

select * from account_learners

with measured_accounts as (
    select * from {{ ref('int_people__measured_accounts') }}
),

{{ account_learners('measured_accounts', 'bookshelf') }}

select * from account_learners

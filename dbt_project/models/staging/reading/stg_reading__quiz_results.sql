with landed as (
    select * from {{ source('reading', 'quiz_results') }}
),

{{ newest_items('reading', 'quiz_results', ['user_id', 'attempt_id']) }},

final as (
    select
        _instance as instance,
        user_id as account_id,
        attempt_id,
        reader_email as email_pseudonym,
        account_kind,
        email_domain_class,
        lower(reader_role) as reader_role,

        quiz_id,
        book_id,

        submitted_at,
        score,
        max_score,

        _file_key,
        _offset
    from newest
)

select * from final

with landed as (
    select * from {{ source('reading', 'reading_progress') }}
),

{{ newest_items('reading', 'reading_progress', ['user_id', 'reading_id']) }},

final as (
    select
        _instance as instance,
        user_id as account_id,
        reading_id,
        reader_email as email_pseudonym,
        account_kind,
        email_domain_class,
        lower(reader_role) as reader_role,

        book_id,
        book_title,
        replace(book_isbn, '-', '') as isbn,

        started_at,
        last_read_at,
        pages_read,
        seconds_active,
        percent_read,
        is_finished,
        devices
    from newest
)

select * from final

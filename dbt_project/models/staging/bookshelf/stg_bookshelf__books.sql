with landed as (
    select * from {{ source('bookshelf', 'Books') }}
),

renamed as (
    select
        _instance as instance,
        BookId as book_id,

        replace(replace(Isbn, '-', ''), ' ', '') as isbn,
        Title as title,
        Subject as subject,
        KeyStage as key_stage,
        upper(trim(ProductCode)) as product_code,

        PageCount as page_count,

        PublishedOn as published_on,

        UpdatedAt as updated_at
    from landed
)

select * from renamed

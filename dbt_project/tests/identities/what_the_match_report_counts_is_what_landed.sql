{# What: platforms and kinds of record of which school_matches counts more or fewer than staging has
   (organisations: with those that only terms refer to). When: always a fault of our SQL. Resolve: compare with
   int_schools__references_named. #}
{%- set others = [
    ('classroom', 'accounts', 'stg_classroom__users'),
    ('classroom', 'classes', 'stg_classroom__classes'),
    ('bookshelf', 'accounts', 'stg_bookshelf__accounts'),
    ('bookshelf', 'licences', 'stg_bookshelf__licences'),
] -%}

with counts as (
    select
        'subscriptions' as platform,
        'organisations' as named_in,
        count(*) as difference
    from {{ ref('int_schools__organisations') }}
    {%- for platform, named_in, model in others if platform_enabled(platform) %}
    union all
    select
        '{{ platform }}' as platform,
        '{{ named_in }}' as named_in,
        count(*) as difference
    from {{ ref(model) }}
    {%- endfor %}
    union all
    select
        platform,
        named_in,
        -sum(records) as difference
    from {{ ref('school_matches') }}
    group by platform, named_in
)

select
    platform,
    named_in,
    sum(difference) as records_missing
from counts
group by platform, named_in
having sum(difference) <> 0

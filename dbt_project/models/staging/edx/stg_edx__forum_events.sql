with landed as (
    select * from {{ source('edx', 'tracking_events') }}
),

renamed as (
    select
        {{ edx_event_columns() }},

        {{ edx_act('event_type') }} as act,
        forum_id as post_id,
        thread_id,
        response_id as parent_id,
        commentable_id as topic_id,
        group_id as cohort_id,

        thread_type,
        undo_vote as is_vote_undone,
        total_results as result_count
    from landed
    where family = 'forum'
)

select * from renamed

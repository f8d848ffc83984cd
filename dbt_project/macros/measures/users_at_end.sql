{# users_at_end: users of the segment in which the end begins: 30 seconds before the video's end, or 5 % of its length if
   that is less, so that credits need not be watched; 0 where nobody watched it. Source: edX's pipeline. #}
{% macro users_at_end(users, segment, video_seconds) -%}
    {%- set end_begins = 'case when ' ~ video_seconds ~ ' - 30 > ' ~ video_seconds ~ ' * 0.95 then '
        ~ video_seconds ~ ' - 30 else ' ~ video_seconds ~ ' * 0.95 end' -%}
    max(case when {{ segment }} = {{ video_segment(end_begins) }} then {{ users }} else 0 end)
{%- endmacro %}

{# known_video_seconds: length of a video by its viewings, the longest that a player said; NULL, not known, as soon as one
   viewing does not know it. Source: edX's pipeline, insights/video. #}
{% macro known_video_seconds(video_seconds) -%}
    case when count(*) = count({{ video_seconds }}) then max({{ video_seconds }}) end
{%- endmacro %}

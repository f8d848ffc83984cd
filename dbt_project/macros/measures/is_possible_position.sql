{# is_possible_position: whether a place in a video can be one, from its beginning to ten hours, as a condition. Unknown,
   negative, absurd and infinite places are none. Source: edX's analytics pipeline, insights/video. #}
{% macro is_possible_position(seconds) -%}
    {{ seconds }} between 0 and 36000
{%- endmacro %}

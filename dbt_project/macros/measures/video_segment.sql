{# video_segment: number of the five seconds of a video that a place lies in, from 0. Source: edX's pipeline. #}
{% macro video_segment(seconds) -%}
    {{ integer_divide('cast(floor(' ~ seconds ~ ') as int)', 5) }}
{%- endmacro %}

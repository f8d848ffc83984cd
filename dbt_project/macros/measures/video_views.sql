{# video_views: viewings that touch a segment; who watches it twice counts twice. #}
{% macro video_views() -%}
    cast(count(*) as bigint)
{%- endmacro %}

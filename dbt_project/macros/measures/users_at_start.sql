{# users_at_start: users of the video's first segment; 0 where nobody watched it. #}
{% macro users_at_start(users, segment, of_video) -%}
    max(case when {{ segment }} = 0 then {{ users }} else 0 end) over ({{ of_video }})
{%- endmacro %}

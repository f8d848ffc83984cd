{# users_at_start: users of the video's first segment, an aggregate over its segments; 0 where nobody watched it. #}
{% macro users_at_start(users, segment) -%}
    max(case when {{ segment }} = 0 then {{ users }} else 0 end)
{%- endmacro %}

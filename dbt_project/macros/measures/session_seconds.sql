{# session_seconds: seconds from a session's first act to the end of its last. An act without a length of its own ends
   when it begins, so a session of one click has 0. #}
{% macro session_seconds(started_at, ended_at) -%}
    {{ second_diff(started_at, ended_at) }}
{%- endmacro %}

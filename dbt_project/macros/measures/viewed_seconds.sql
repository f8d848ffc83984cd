{# viewed_seconds: seconds of the video that a viewing showed; of the video's time, not of the clock's. #}
{% macro viewed_seconds(from_seconds, to_seconds) -%}
    {{ to_seconds }} - {{ from_seconds }}
{%- endmacro %}

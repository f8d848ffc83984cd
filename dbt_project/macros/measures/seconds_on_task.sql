{# seconds_on_task: seconds from the end of an act to the person's next one that count as work on it: all, up to a
   time-out, nothing beyond it. A pause of exactly the time-out still counts. #}
{% macro seconds_on_task(pause_seconds, timeout_minutes) -%}
    case
        when {{ pause_seconds }} between 0 and {{ timeout_minutes * 60 }} then {{ pause_seconds }}
        else 0
    end
{%- endmacro %}

{# seconds_on_task: seconds from the end of an act to the person's next one that count as work on it: all, up to a
   time-out, nothing beyond it. A pause of exactly the time-out still counts. #}
{% macro seconds_on_task(ended_at, next_at, timeout_minutes) -%}
    case
        when {{ next_at }} between {{ ended_at }} and {{ add_seconds(ended_at, timeout_minutes * 60) }}
            then {{ second_diff(ended_at, next_at) }}
        else 0
    end
{%- endmacro %}

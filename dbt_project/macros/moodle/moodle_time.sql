{# Moodle's epoch seconds as timestamp; 0 means unset, and so does 2147483647 where an end is meant. #}
{% macro moodle_time(seconds) -%}
    {{ epoch_to_timestamp('nullif(nullif(' ~ seconds ~ ', 0), 2147483647)') }}
{%- endmacro %}

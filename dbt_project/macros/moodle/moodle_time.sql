{# Moodle's epoch seconds as timestamp; 0 means unset, and so does 2147483647 where an end is meant. #}
{% macro moodle_time(seconds) -%}
    {{ epoch_to_timestamp('nullif(nullif(' ~ seconds ~ ', 0), 2147483647)') }}
{%- endmacro %}

{# The day that a midnight stands for. Moodle keeps the day a teacher picked as midnight of the site's zone, which in
   a British summer is 23:00 UTC of the day before: the nearest midnight UTC is the day that was meant. #}
{% macro moodle_day(seconds) -%}
    cast({{ epoch_to_timestamp('(nullif(' ~ seconds ~ ', 0) + 43200)') }} as date)
{%- endmacro %}

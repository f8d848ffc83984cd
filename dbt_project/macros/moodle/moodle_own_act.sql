{# Condition: an event of Moodle's log that a person caused in a course, in a browser or an app (decision 024): not
   nobody's, not a machine's or a restore's, and not an administrator's who was logged in as the person. #}
{% macro moodle_own_act() -%}
    user_id is not null
        and course_id is not null
        and occurred_on is not null
        and real_user_id is null
        and origin in ('web', 'ws')
{%- endmacro %}

{# is_eligible: whether every course of the programme that is no capstone is passed in the mode it asks for, and there is
   at least one such course. #}
{% macro is_eligible(courses_passed, courses_needed) -%}
    {{ flag(courses_needed ~ ' > 0 and ' ~ courses_passed ~ ' = ' ~ courses_needed) }}
{%- endmacro %}

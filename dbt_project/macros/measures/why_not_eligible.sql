{# why_not_eligible: what is missing of one needed course, in words; empty for a course that is passed. #}
{% macro why_not_eligible(course_number, standing) -%}
    case {{ standing }}
        when 'passed' then null
        when 'uncertified' then {{ joined([course_number, "': passed, but no certificate that counts'"]) }}
        when 'wrong_mode' then {{ joined([course_number, "': passed in a mode that does not count'"]) }}
        when 'studying' then {{ joined([course_number, "': not passed yet'"]) }}
        when 'left' then {{ joined([course_number, "': left without passing'"]) }}
        else {{ joined([course_number, "': not taken'"]) }}
    end
{%- endmacro %}

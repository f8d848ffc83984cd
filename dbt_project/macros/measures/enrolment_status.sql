{# enrolment_status: suspended when one of the conditions in `suspended` holds (the enrolment, its method or the
   account is switched off), else by the enrolment's own dates against as of; a course's dates do not matter.
   Source: Moodle lets a person in from the start until before the end. #}
{% macro enrolment_status(suspended, starts_at, ends_at, as_of) -%}
    case
        when {{ suspended | join(' or ') }} then 'suspended'
        when {{ ends_at }} <= {{ as_of }} then 'ended'
        when {{ starts_at }} > {{ as_of }} then 'not_started'
        else 'active'
    end
{%- endmacro %}

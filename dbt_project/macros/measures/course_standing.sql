{# course_standing: where a learner stands in one run of a programme's course, the first that holds.
     passed       a certificate that was earned, in the mode the programme asks for
     uncertified  passed by grade or otherwise, and enrolled in that mode, but without such a certificate (yet)
     wrong_mode   passed by grade or otherwise, in another mode: an upgrade would make it count
     studying     enrolled now
     left         not enrolled any more
   Conditions of `r` are 1 or 0. Source: ProgramProgressMeter and CertificateStatuses of edx-platform. #}
{% macro course_standing(r) -%}
    case
        when {{ r }}.earned = 1 and {{ r }}.certificate_counts = 1 then 'passed'
        when {{ r }}.got_through = 1 and {{ r }}.enrolment_counts = 1 then 'uncertified'
        when {{ r }}.got_through = 1 then 'wrong_mode'
        when {{ r }}.enrolled = 1 then 'studying'
        else 'left'
    end
{%- endmacro %}

{# Passed in whatever mode: by grade, by a certificate, or by a status that says so of a mode without certificates. #}
{% macro got_through(r) -%}
    case
        when
            {{ r }}.passing = 1
            or {{ r }}.earned = 1
            or {{ r }}.certificate_status in ('audit_passing', 'honor_passing') then 1
        else 0
    end
{%- endmacro %}

{# Which of several runs of one course speaks for the learner: the lowest. #}
{% macro standing_rank(standing) -%}
    case {{ standing }}
        when 'passed' then 1
        when 'uncertified' then 2
        when 'wrong_mode' then 3
        when 'studying' then 4
        else 5
    end
{%- endmacro %}

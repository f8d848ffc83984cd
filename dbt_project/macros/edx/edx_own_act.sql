{# Condition: the account of an event is the one that did it. Enrolments, certificates, grades, cohorts and exams name
   the account that they are about, which the staff, a command or a proctor may have caused. #}
{% macro edx_own_act() -%}
    family not in ('enrollment', 'certificate', 'grades', 'cohort', 'exam')
{%- endmacro %}

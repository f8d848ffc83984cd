{# paid_schools: schools of the group whose first paid day ever is on or after the day of their first lead; a school
   belongs to its first lead, whatever came later (decision 050). A group's newest leads have not had their time. #}
{% macro paid_schools(kind, is_won) -%}
    count(case when {{ kind }} = 'school' and {{ is_won }} = {{ bool(true) }} then 1 end)
{%- endmacro %}

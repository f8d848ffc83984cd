{# learners: distinct people in the rows of the group, which hold learners only. A person with two accounts counts
   once. #}
{% macro learners(person_key) -%}
    count(distinct {{ person_key }})
{%- endmacro %}

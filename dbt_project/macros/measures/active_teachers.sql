{# active_teachers: distinct teachers with at least one activity (decision 014) in the rows of the group. A person
   who is teacher on one account and learner on another counts as both. #}
{% macro active_teachers(account_role, person_key) -%}
    count(distinct case when {{ account_role }} = 'teacher' then {{ person_key }} end)
{%- endmacro %}

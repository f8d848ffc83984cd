{# active_learners: distinct learners with at least one activity (decision 014) in the rows of the group. A person
   with two accounts counts once. #}
{% macro active_learners(account_role, person_key) -%}
    count(distinct case when {{ account_role }} = 'learner' then {{ person_key }} end)
{%- endmacro %}

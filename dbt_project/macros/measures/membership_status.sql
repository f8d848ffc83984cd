{# membership_status: left once the last stay in the class is over at as of; not_started before the first; suspended
   while the account is disabled; else active. Whether the class itself is over or archived does not matter. #}
{% macro membership_status(joined_at, left_at, is_disabled, as_of) -%}
    case
        when {{ left_at }} <= {{ as_of }} then 'left'
        when {{ joined_at }} > {{ as_of }} then 'not_started'
        when {{ is_disabled }} = {{ bool(true) }} then 'suspended'
        else 'active'
    end
{%- endmacro %}

{# Which of several accounts of one person in one class is shown: the lowest. #}
{% macro membership_status_rank(status) -%}
    case {{ status }}
        when 'active' then 1
        when 'not_started' then 2
        when 'suspended' then 3
        else 4
    end
{%- endmacro %}

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

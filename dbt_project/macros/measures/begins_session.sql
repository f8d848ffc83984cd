{# begins_session: 1 for an act that begins a session: the first of all, or one after more than 30 minutes without any.
   `ended_before` is the end of all that the account did on the platform before; exactly 30 minutes are no gap. #}
{% macro begins_session(ended_before, occurred_at) -%}
    case
        when {{ ended_before }} is null then 1
        when {{ second_diff(ended_before, occurred_at) }} > 1800 then 1
        else 0
    end
{%- endmacro %}

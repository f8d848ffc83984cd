{# begins_session: 1 for an act that begins a session: the first of all, or one after more than 30 minutes without any.
   `ended_before` is the end of all that the account did on the platform before; exactly 30 minutes are no gap, a
   millionth of a second more is one. #}
{% macro begins_session(ended_before, occurred_at) -%}
    case
        when {{ occurred_at }} <= {{ add_seconds(ended_before, 1800) }} then 0
        else 1
    end
{%- endmacro %}

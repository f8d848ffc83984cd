{# days_since_last_seen: midnights from the last day with activity to the end of a week, or to as of where the week is
   not over. Empty for somebody who was never seen. #}
{% macro days_since_last_seen(last_seen_on, week_ends_on, as_of_date) -%}
    case
        when {{ week_ends_on }} < {{ as_of_date }} then {{ day_diff(last_seen_on, week_ends_on) }}
        else {{ day_diff(last_seen_on, as_of_date) }}
    end
{%- endmacro %}

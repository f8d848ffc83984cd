{# counted_to: last day a term's value counts. A renewal that starts no more than var('renewal_grace_days') days
   late keeps the old value until it starts; 0 counts every gap over a month's end as churn (decision 011). #}
{% macro counted_to(last_covered_on, renewal_starts_on) -%}
    case
        when
            {{ renewal_starts_on }} > {{ last_covered_on }}
            and {{ day_diff(last_covered_on, renewal_starts_on) }} - 1 <= {{ var('renewal_grace_days') }}
            then {{ add_days(renewal_starts_on, -1) }}
        else {{ last_covered_on }}
    end
{%- endmacro %}

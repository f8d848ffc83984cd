{# risk_band: red, amber, green, or unknown where nothing speaks against the product but its use is not measured. By
   risk_points; what is renewed, or runs longer than var('health_red_within_days'), is amber at most. #}
{% macro risk_band(points, is_renewal_entered, days_to_end, is_use_measured) -%}
    case
        when {{ points }} >= {{ var('health_red_points') }}
            and {{ is_renewal_entered }} = {{ bool(false) }}
            and {{ days_to_end }} <= {{ var('health_red_within_days') }} then 'red'
        when {{ points }} >= {{ var('health_amber_points') }} then 'amber'
        when {{ is_use_measured }} = {{ bool(true) }} then 'green'
        else 'unknown'
    end
{%- endmacro %}

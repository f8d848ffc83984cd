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

{# Which of several products' bands speaks for the customer: the highest. Green says more than unknown. #}
{% macro risk_band_rank(band) -%}
    case {{ band }}
        when 'red' then 4
        when 'amber' then 3
        when 'green' then 2
        else 1
    end
{%- endmacro %}

{% macro risk_band_of_rank(rank) -%}
    case {{ rank }}
        when 4 then 'red'
        when 3 then 'amber'
        when 2 then 'green'
        else 'unknown'
    end
{%- endmacro %}

{# lapse_within_horizon: the month without value that followed, if it came within var('health_horizon_months') months. #}
{% macro lapse_within_horizon(next_lapse_month, month) -%}
    case
        when {{ next_lapse_month }} <= {{ add_months(month, var('health_horizon_months')) }} then {{ next_lapse_month }}
    end
{%- endmacro %}

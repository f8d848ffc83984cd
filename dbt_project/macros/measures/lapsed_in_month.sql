{# lapsed_in_month: the month without value that followed, if it came within var('health_horizon_months') months. #}
{% macro lapsed_in_month(next_lapse_month, month) -%}
    case
        when {{ next_lapse_month }} <= {{ add_months(month, var('health_horizon_months')) }} then {{ next_lapse_month }}
    end
{%- endmacro %}

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

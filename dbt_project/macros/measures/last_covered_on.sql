{# last_covered_on: last day a term covers. A cancellation ends it the day before it takes effect, which may be
   months after the customer gave notice; it never lengthens a term. #}
{% macro last_covered_on(ends_on, first_day_not_covered) -%}
    case
        when {{ first_day_not_covered }} <= {{ ends_on }} then {{ add_days(first_day_not_covered, -1) }}
        else {{ ends_on }}
    end
{%- endmacro %}

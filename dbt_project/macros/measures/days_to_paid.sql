{# days_to_paid: days from a school's first lead to its first paid day ever; NULL where the school paid before its
   first lead or has none. Most terms begin on 1 September, so it tells more of the calendar than of persuasion. #}
{% macro days_to_paid(first_lead_on, first_paid_on) -%}
    case
        when {{ first_lead_on }} <= {{ first_paid_on }} then {{ day_diff(first_lead_on, first_paid_on) }}
    end
{%- endmacro %}

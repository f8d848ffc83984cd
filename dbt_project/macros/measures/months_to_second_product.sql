{# months_to_second_product: months, by the calendar, from a school's first paid day to the first paid day of the
   product that came second; 0 within one month, NULL where it has had one only. A swap counts, too. #}
{% macro months_to_second_product(first_paid_on, second_paid_on) -%}
    {{ month_diff(first_paid_on, second_paid_on) }}
{%- endmacro %}

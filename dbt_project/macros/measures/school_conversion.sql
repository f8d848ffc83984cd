{# school_conversion: paid schools for every school whose first lead is in the group, as a share; NULL without one.
   Leads without a school and further leads of a school are not in it. #}
{% macro school_conversion(paid_schools, led_schools) -%}
    {{ ratio(paid_schools, led_schools) }}
{%- endmacro %}

{# cost_per_paid_school: cost of the group for every paid school of its leads; NULL without a paid school and without
   a known cost. Money of one month wins schools of later months' leads, too: read it over a year, from the sums. #}
{% macro cost_per_paid_school(cost, paid_schools) -%}
    {{ ratio(cost, paid_schools) }}
{%- endmacro %}

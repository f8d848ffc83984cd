{# utilisation: active learners for every seat in force at the month's end; NULL without a seat. Not cut at 1: schools
   use more than they pay for. Teachers take no seat. #}
{% macro utilisation(active_learners, seats) -%}
    {{ ratio(active_learners, seats) }}
{%- endmacro %}

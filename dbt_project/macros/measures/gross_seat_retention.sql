{# gross_seat_retention: seats kept without growth for every seat at the base; NULL without a base. #}
{% macro gross_seat_retention(kept_gross_seats, base_seats) -%}
    {{ ratio(kept_gross_seats, base_seats) }}
{%- endmacro %}

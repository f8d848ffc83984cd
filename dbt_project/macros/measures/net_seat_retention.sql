{# net_seat_retention: seats kept with growth for every seat at the base; NULL without a base. #}
{% macro net_seat_retention(kept_net_seats, base_seats) -%}
    {{ ratio(kept_net_seats, base_seats) }}
{%- endmacro %}

{# risk_points: the signs of risk that are there (macros/health/risk_signs.sql), grave ones counted double: notice given,
   no use at all, use that fell by half. `r` is the row that int_health__school_products_measured gives. #}
{% macro risk_points(r) -%}
    case when {{ gave_notice(r) }} then 2 else 0 end
        + case when {{ went_unused(r) }} then 2 else 0 end
        + case when {{ use_fell_gravely(r) }} then 2 when {{ use_fell(r) }} then 1 else 0 end
        + case when {{ renewal_is_due(r) }} then 1 else 0 end
        + case when {{ invoice_is_unpaid(r) }} then 1 else 0 end
        + case when {{ gave_up_seats(r) }} then 1 else 0 end
{%- endmacro %}

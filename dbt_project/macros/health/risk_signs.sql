{# The signs of risk: when each is there. risk_points says what they weigh, risk_reasons puts them into words. `r` is the
   row that int_health__school_products_measured gives; thresholds are in dbt_project.yml, health_…. #}

{% macro gave_notice(r) -%}
    {{ r }}.is_notice_given = {{ bool(true) }} and {{ r }}.is_renewal_entered = {{ bool(false) }}
{%- endmacro %}

{% macro went_unused(r) -%}
    {{ r }}.term_months_unused >= {{ var('health_months_unused') }}
{%- endmacro %}

{# Use that stopped altogether is told as that. #}
{% macro use_fell(r) -%}
    {{ r }}.use_change <= -{{ var('health_use_fall') }} and not ({{ went_unused(r) }})
{%- endmacro %}

{% macro use_fell_gravely(r) -%}
    {{ r }}.use_change <= -{{ var('health_use_fall_grave') }} and not ({{ went_unused(r) }})
{%- endmacro %}

{# A notice says more than a renewal that is missing. #}
{% macro renewal_is_due(r) -%}
    {{ r }}.days_to_end <= {{ var('health_renewal_due_days') }}
            and {{ r }}.is_renewal_entered = {{ bool(false) }}
            and {{ r }}.is_notice_given = {{ bool(false) }}
{%- endmacro %}

{% macro invoice_is_unpaid(r) -%}
    {{ r }}.days_unpaid >= {{ var('health_unpaid_days') }}
{%- endmacro %}

{% macro gave_up_seats(r) -%}
    {{ r }}.seats_lost_share >= {{ var('health_seats_lost') }}
{%- endmacro %}

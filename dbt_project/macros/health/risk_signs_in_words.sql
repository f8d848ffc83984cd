{# The signs of risk that are there (risk_signs.sql) and what is not known, each as '; ' and its words. `r` is the row that
   int_health__school_products_measured gives; risk_reasons takes the first mark off. #}
{% macro risk_signs_in_words(r) -%}
    {%- set fall = 'cast(round(-100 * ' ~ r ~ '.use_change, 0) as int)' -%}
    {%- set lost = 'cast(round(100 * ' ~ r ~ '.seats_lost_share, 0) as int)' -%}
    {%- set over_months = "' % over " ~ var('health_trend_months') ~ " months of school'" -%}
    {%- set parts = [
        said_if(gave_notice(r), ["'notice given, '", r ~ '.days_to_end', "' days to the end'"]),
        said_if(went_unused(r), ["'no use in '", r ~ '.term_months_unused', "' months of school'"]),
        said_if(use_fell(r), ["'use fell by '", fall, over_months]),
        said_if(renewal_is_due(r), [r ~ '.days_to_end', "' days to the end and no renewal entered'"]),
        said_if(invoice_is_unpaid(r), ["'invoice unpaid for '", r ~ '.days_unpaid', "' days'"]),
        said_if(gave_up_seats(r), [lost, "' % of the seats given up in 12 months'"]),
        said_if(r ~ '.is_use_measured = ' ~ bool(false), ["'use is not measured'"]),
        said_if(r ~ '.are_holidays_known = ' ~ bool(false), ["'school holidays not known'"]),
    ] -%}
    {{ joined(parts) }}
{%- endmacro %}

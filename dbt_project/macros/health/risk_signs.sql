{# The signs of risk, in the order in which they are told: when a sign is there, how much it weighs (1, grave ones 2)
   and its words. One list, so that points and reasons cannot differ. `r` is the row that
   int_health__school_products_measured gives. Thresholds: dbt_project.yml, health_…. #}
{% macro risk_signs(r) -%}
    {%- set unused = r ~ '.term_months_unused >= ' ~ var('health_months_unused') -%}
    {%- set fell = r ~ '.use_change <= -' ~ var('health_use_fall') -%}
    {%- set fell_gravely = r ~ '.use_change <= -' ~ var('health_use_fall_grave') -%}
    {%- set open = r ~ '.is_renewal_entered = ' ~ bool(false) -%}
    {{ return([
        {
            'when': r ~ '.is_notice_given = ' ~ bool(true) ~ ' and ' ~ open,
            'points': '2',
            'words': ["'notice given, '", r ~ '.days_to_end', "' days to the end'"],
        },
        {
            'when': unused,
            'points': '2',
            'words': ["'no use in '", r ~ '.term_months_unused', "' months of school'"],
        },
        {
            'when': fell ~ ' and not (' ~ unused ~ ')',
            'points': 'case when ' ~ fell_gravely ~ ' then 2 else 1 end',
            'words': [
                "'use fell by '", 'cast(round(-100 * ' ~ r ~ '.use_change, 0) as int)',
                "' % over " ~ var('health_trend_months') ~ " months of school'",
            ],
        },
        {
            'when': open ~ ' and ' ~ r ~ '.is_notice_given = ' ~ bool(false) ~ ' and ' ~ r ~ '.days_to_end <= '
                ~ var('health_renewal_due_days'),
            'points': '1',
            'words': [r ~ '.days_to_end', "' days to the end and no renewal entered'"],
        },
        {
            'when': r ~ '.days_unpaid >= ' ~ var('health_unpaid_days'),
            'points': '1',
            'words': ["'invoice unpaid for '", r ~ '.days_unpaid', "' days'"],
        },
        {
            'when': r ~ '.seats_lost_share >= ' ~ var('health_seats_lost'),
            'points': '1',
            'words': [
                'cast(round(100 * ' ~ r ~ '.seats_lost_share, 0) as int)', "' % of the seats given up in 12 months'",
            ],
        },
    ]) }}
{%- endmacro %}

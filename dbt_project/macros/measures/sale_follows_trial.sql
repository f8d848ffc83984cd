{# sale_follows_trial: condition: a paid term of the product tried begins after the trial's first day and no more than
   var('trial_sale_window_days') days after its last. Whether the trial led to it nobody knows; so it is told beside
   the conversions, never added to them (decision 050). #}
{% macro sale_follows_trial(paid_from, started_on, ends_on) -%}
    {{ paid_from }} > {{ started_on }}
    and {{ paid_from }} <= {{ add_days(ends_on, var('trial_sale_window_days')) }}
{%- endmacro %}

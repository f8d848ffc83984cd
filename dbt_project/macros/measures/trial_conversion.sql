{# trial_conversion: converted trials for every trial, open ones included, as a share; NULL without a trial. #}
{% macro trial_conversion(converted_trials, trials) -%}
    {{ ratio(converted_trials, trials) }}
{%- endmacro %}

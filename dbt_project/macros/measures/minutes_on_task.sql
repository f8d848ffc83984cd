{# minutes_on_task: seconds on task, summed over days, as minutes with decimals; none of them are 0 minutes. #}
{% macro minutes_on_task(seconds) -%}
    coalesce({{ ratio(seconds, '60') }}, 0)
{%- endmacro %}

{# is_term_time: 1 for a month with at least var('health_term_month_days') days of school, else 0. Use is compared
   between such months only, so that holidays are no decline. A month of 10 days still has fewer visitors than one
   of 22. #}
{% macro is_term_time(school_days) -%}
    case when {{ school_days }} >= {{ var('health_term_month_days') }} then 1 else 0 end
{%- endmacro %}

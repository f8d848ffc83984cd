{# is_peak_day: the day has as many learners as the platform ever had on one; several days may. No day is one as long
   as there were no learners. #}
{% macro is_peak_day(learners, most_learners) -%}
    {{ flag(learners ~ ' > 0 and ' ~ learners ~ ' = ' ~ most_learners) }}
{%- endmacro %}

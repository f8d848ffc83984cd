{# attempt_score_percent: points of one attempt as percent of those to get; NULL where there are none to get. #}
{% macro attempt_score_percent(points_earned, points_possible) -%}
    {{ grade_percent(points_earned, '0', points_possible) }}
{%- endmacro %}

{# best_grade_percent: the best of the attempts in the group, as percent of what each could reach; attempts that are not
   graded, or that nothing could be reached in, do not count. A class's grade is the mean of it over lessons. #}
{% macro best_grade_percent(score, max_score) -%}
    max({{ grade_percent(score, '0', max_score) }})
{%- endmacro %}

{# best_grade_percent: the best of the attempts in the group, as percent of what each could reach. Attempts that are
   not graded, or marked below nought or above the highest mark, are errors of the source and do not count. A class's
   grade is the mean of it over lessons. #}
{% macro best_grade_percent(score, max_score) -%}
    max(
        case
            when {{ score }} >= 0 and {{ score }} <= {{ max_score }}
                then {{ grade_percent(score, '0', max_score) }}
        end
    )
{%- endmacro %}

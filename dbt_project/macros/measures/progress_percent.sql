{# progress_percent: share of a course's tracked activities that a learner completed, as percent; 100 once the course
   itself is complete, NULL where nothing is tracked. Source: Moodle's progress bar. #}
{% macro progress_percent(activities_completed, activities_tracked, completed_at) -%}
    case
        when {{ completed_at }} is not null then 100
        else 100 * {{ ratio(activities_completed, activities_tracked) }}
    end
{%- endmacro %}

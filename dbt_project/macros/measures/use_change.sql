{# use_change: change of the mean number of active learners a month, from one stretch of months of school to the next,
   as a share of the earlier one: -0.45 is a fall of 45 %. NULL where the earlier mean is below
   var('health_fewest_learners'): of two learners one is half. #}
{% macro use_change(mean_learners, mean_learners_before) -%}
    case
        when {{ mean_learners_before }} >= {{ var('health_fewest_learners') }}
            then {{ ratio('(' ~ mean_learners ~ ' - ' ~ mean_learners_before ~ ')', mean_learners_before) }}
    end
{%- endmacro %}

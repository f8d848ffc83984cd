{# share_on_several_platforms: learners with activity on more than one platform as a share of all. `is_learner` is 1 or 0,
   `platforms` the number of a person's platforms; the rows of the group are people. #}
{% macro share_on_several_platforms(is_learner, platforms) -%}
    {{ ratio('sum(case when ' ~ platforms ~ ' > 1 then ' ~ is_learner ~ ' else 0 end)', 'sum(' ~ is_learner ~ ')') }}
{%- endmacro %}

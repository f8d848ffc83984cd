{# grade_percent: where a grade lies between the lowest and the highest one, as percent; NULL where the range is
   empty or there is no grade. Not cut at 0 and 100: extra credit and overrides go beyond. Source: Moodle, which
   shows (final - min) / (max - min). #}
{% macro grade_percent(grade, lowest, highest) -%}
    100 * {{ ratio('(' ~ grade ~ ' - ' ~ lowest ~ ')', '(' ~ highest ~ ' - ' ~ lowest ~ ')') }}
{%- endmacro %}

{# is_small_cell: a count of people from 1 to below var('small_cell_below'): so few that who they are can be guessed.
   Marked, not blanked: leave such rows out of what goes beyond those who work with the school. #}
{% macro is_small_cell(people) -%}
    {{ flag(people ~ ' >= 1 and ' ~ people ~ ' < ' ~ var('small_cell_below')) }}
{%- endmacro %}

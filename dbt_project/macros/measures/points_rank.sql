{# points_rank: place by points, most first; equal points share a place and the next one is left out (1, 2, 2, 4), as
   in a school race. #}
{% macro points_rank(points, board) -%}
    rank() over (partition by {{ board | join(', ') }} order by {{ points }} desc)
{%- endmacro %}

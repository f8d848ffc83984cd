{# CTEs `digits` and `numbers`, the latter with the whole numbers from 0 on that have up to so many digits, as `number`.
   Neither engine's own way to make numbers is known to the other. #}
{% macro numbers_of_digits(places) -%}
digits as (
    {% for digit in range(10) -%}
    select {{ digit }} as digit {{ 'union all' if not loop.last }}
    {% endfor %}
),

numbers as (
    select
        {% for place in range(places) -%}
        {{ '+ ' if place }}{{ 10 ** place }} * place_{{ place }}.digit
        {% endfor -%}
        as number
    from digits as place_0
    {%- for place in range(1, places) %}
    cross join digits as place_{{ place }}
    {%- endfor %}
)
{%- endmacro %}

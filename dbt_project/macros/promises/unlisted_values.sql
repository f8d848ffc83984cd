{# Rows with a value that is none of these. #}
{% macro unlisted_values(model, column, values) -%}
    select 1 as found
    from {{ model }}
    where {{ column }} not in (
        {%- for value in values -%}
        {{ "'" ~ value ~ "'" if value is string else value }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}

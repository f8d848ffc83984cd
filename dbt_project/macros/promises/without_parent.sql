{# Rows that refer to a row which is not there. #}
{% macro without_parent(model, columns, to, to_columns) -%}
    select 1 as found
    from {{ model }} as child
    left join {{ to }} as parent
        on {% for column in columns -%}
        child.{{ column }} = parent.{{ to_columns[loop.index0] }}{{ ' and ' if not loop.last }}
        {%- endfor %}
    where parent.{{ to_columns[0] }} is null
    {%- for column in columns %}
        and child.{{ column }} is not null
    {%- endfor %}
{%- endmacro %}

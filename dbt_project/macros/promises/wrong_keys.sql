{# Keys that more than one row has or, without `nulls`, one that has no value. #}
{% macro wrong_keys(model, columns, nulls=false) -%}
    select 1 as found
    from {{ model }}
    {%- if nulls %}
    where {{ columns[0] }} is not null
    {%- endif %}
    group by {{ columns | join(', ') }}
    having count(*) > 1
    {%- for column in columns if not nulls %} or count({{ column }}) = 0 {%- endfor %}
{%- endmacro %}

{# A foreign key of several columns: every row in which none of `columns` is NULL has its row in `to`, whose
   columns are `to_columns` (the same names where not given). #}
{% test refers_to(model, columns, to, to_columns=none) %}
{%- set to_columns = to_columns or columns -%}
select child.*
from {{ model }} as child
left join {{ to }} as parent
    on {% for column in columns -%}
    child.{{ column }} = parent.{{ to_columns[loop.index0] }}{{ ' and ' if not loop.last }}
    {%- endfor %}
where parent.{{ to_columns[0] }} is null
{%- for column in columns %}
    and child.{{ column }} is not null
{%- endfor %}
{% endtest %}

{# The grain of a relation: no two rows agree in all `columns`, and none of them is NULL. #}
{% test unique_combination(model, columns) %}
select {{ columns | join(', ') }}, count(*) as copies
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 {%- for column in columns %} or count({{ column }}) = 0 {%- endfor %}
{% endtest %}

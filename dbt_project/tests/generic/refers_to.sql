{# A foreign key of several columns: every row in which none of `columns` is NULL has its row in `to`, whose
   columns are `to_columns` (the same names where not given). #}
{% test refers_to(model, columns, to, to_columns=none) %}
{{ without_parent(model, columns, to, to_columns or columns) }}
{% endtest %}

{# submissions: attempts at a problem that a server checked, each of a learner's. Source: edX's pipeline, tags_dist. #}
{% macro submissions() -%}
    count(*)
{%- endmacro %}

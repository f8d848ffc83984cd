{# school_retention: schools kept for every school at the base; NULL without a base. #}
{% macro school_retention(kept, base) -%}
    {{ ratio(kept, base) }}
{%- endmacro %}

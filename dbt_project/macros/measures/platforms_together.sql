{# platforms_together: the platforms with use, in a fixed order, as one text: 'classroom + bookshelf'. Reads a column
   on_<platform> of 0 or 1 for each. #}
{% macro platforms_together(platforms) -%}
    {%- set parts = [] -%}
    {%- for platform in platforms -%}
        {%- do parts.append("\n            case when on_" ~ platform ~ " = 1 then ' + " ~ platform ~ "' end") -%}
    {%- endfor -%}
    trim(replace({{ joined(["'^'"] + parts) }}, '^ +', ''))
{%- endmacro %}

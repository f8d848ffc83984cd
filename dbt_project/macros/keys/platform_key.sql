{# Key of a thing that one platform knows: platform, instance and the platform's own id, as text. #}
{% macro platform_key(platform, parts) -%}
    {%- set pieces = ["'" ~ platform ~ "'"] -%}
    {%- for part in parts -%}
        {%- do pieces.extend(["':'", part]) -%}
    {%- endfor -%}
    {{ joined(pieces) }}
{%- endmacro %}

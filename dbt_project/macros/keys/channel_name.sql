{# The first of these texts that names an acquisition channel, without capitals and blanks around it, so that leads,
   organisations and costs of one channel meet; 'unknown' where none does. #}
{% macro channel_name(texts) -%}
    coalesce(
        {%- for text in texts %}
        nullif(lower(trim({{ text }})), ''),
        {%- endfor %}
        'unknown'
    )
{%- endmacro %}

{# falls_off: whether a video of unknown length ends here, as a condition: the next segment that anybody watched has at
   most a twentieth of this one's users. What comes later are acts after the end. Source: edX's pipeline. #}
{% macro falls_off(next_users, users) -%}
    20 * {{ next_users }} <= {{ users }}
{%- endmacro %}

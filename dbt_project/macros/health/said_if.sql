{# Words that hold on a condition, as a part of a longer text: '; ' and the words, else NULL. #}
{% macro said_if(condition, words) -%}
    case when {{ condition }} then {{ joined(["'; '"] + words) }} end
{%- endmacro %}

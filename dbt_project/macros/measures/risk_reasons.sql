{# risk_reasons: the signs of risk that are there, in words, one text, and what is not known. `signs` is what
   risk_signs_in_words gives; its first mark goes. #}
{% macro risk_reasons(signs) -%}
    case
        when {{ text_length(signs) }} > 2 then right({{ signs }}, {{ text_length(signs) }} - 2)
        else 'no sign of risk'
    end
{%- endmacro %}

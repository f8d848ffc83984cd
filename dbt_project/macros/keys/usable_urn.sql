{# A school's unique reference number, if it is one: a word ('tbc') or zeros would make one school of many. #}
{% macro usable_urn(urn) -%}
    case
        when {{ is_digits('trim(' ~ urn ~ ')') }} and replace(trim({{ urn }}), '0', '') <> ''
        then trim({{ urn }})
    end
{%- endmacro %}

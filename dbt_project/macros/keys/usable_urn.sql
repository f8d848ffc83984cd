{# A unique reference number of a school, if it is one: a word ('tbc') or zeros would make one school of many; blanks
   around it and zeros before it are dropped, because spreadsheets add and take them. #}
{% macro usable_urn(urn) -%}
    case
        when {{ is_digits('trim(' ~ urn ~ ')') }}
            then nullif(replace(ltrim(replace(trim({{ urn }}), '0', ' ')), ' ', '0'), '')
    end
{%- endmacro %}

{# Whether something stands there that is no unique reference number. #}
{% macro unusable_urn(urn) -%}
    {{ flag("nullif(trim(" ~ urn ~ "), '') is not null and " ~ usable_urn(urn) ~ " is null") }}
{%- endmacro %}

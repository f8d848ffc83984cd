{# A sentence if the service and the register say different things, else nothing; capitals do not matter, and what one
   of them does not say is no difference. #}
{% macro differs_in_words(what, ours, registers) -%}
    case
        when lower({{ ours }}) <> lower({{ registers }})
            then {{ joined(["'" ~ what ~ " is '", ours, "', in the register '", registers, "'. '"]) }}
    end
{%- endmacro %}

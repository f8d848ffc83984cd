{# change_cause: why a term's value changes while it runs, from the service's kind of change. #}
{% macro change_cause(change_type) -%}
    case {{ change_type }}
        when 'seats' then 'seats changed'
        when 'upgrade' then 'upgrade'
        when 'price' then 'price changed'
        else 'other change'
    end
{%- endmacro %}

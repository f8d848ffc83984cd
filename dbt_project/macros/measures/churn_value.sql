{# churn_value: value lost because nothing is left. Tested before contraction: from something to nothing is
   never a contraction. #}
{% macro churn_value(closing, opening) -%}
    case when {{ opening }} > 0 and {{ closing }} = 0 then {{ opening }} else 0 end
{%- endmacro %}

{# customer_status: what a school is to us at the end of the last complete month: customer, former, or never.
   Limits: value decides (decision 010), so a school on trial, or one whose first term begins later, is never yet. #}
{% macro customer_status(has_value_now) -%}
    case {{ has_value_now }} when 1 then 'customer' when 0 then 'former' else 'never' end
{%- endmacro %}

{# start_cause: why a term's value begins, in words of the customer's story. A renewal is one whether the service
   links it or not; late means that a month's end lay between, so that the customer churned and came back. Reads
   the columns of int_subscriptions__term_causes, where each is explained (decision 016). #}
{% macro start_cause() -%}
    case
        when previous_school_key <> school_key then 'merger'
        when previous_product_key <> product_key then 'product swap'
        when previous_currency <> currency then 'currency changed'
        when {{ over_a_month_end('previous_counted_to', 'starts_on') }} then 'late renewal'
        when previous_product_key = product_key then 'renewal'
        when {{ add_days('product_covered_to', 1) }} = starts_on then 'renewal'
        when from_trial = 1 then 'trial converted'
        when starts_on = school_starts_on then 'first sale'
        when product_covered_to >= starts_on then 'additional term'
        when {{ add_days('school_covered_to', 1) }} >= starts_on then 'additional product'
        else 'return'
    end
{%- endmacro %}

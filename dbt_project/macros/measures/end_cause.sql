{# end_cause: why a term's value ends; the same words as start_cause where one term hands over to another. What the
   service calls not the customer's wish (unpaid invoices, closed schools) is told from a cancellation; a renewal
   that was given up before it began is one, and so is notice for the last day. A term that another school renews is a
   merger. Reads the columns of int_subscriptions__term_causes (decision 016). #}
{% macro end_cause() -%}
    case
        when next_school_key <> school_key then 'merger'
        when next_product_key <> product_key then 'product swap'
        when next_currency <> currency then 'currency changed'
        when {{ over_a_month_end('counted_to', 'renewed_on') }} then 'late renewal'
        when next_product_key = product_key then 'renewal'
        when {{ add_days('counted_to', 1) }} = next_starts_on then 'renewal'
        when renewal_abandoned = 1 then 'cancellation'
        when first_day_not_covered <= {{ add_days('ends_on', 1) }} and cancel_voluntary = {{ bool(false) }} then 'ended by us'
        when first_day_not_covered <= {{ add_days('ends_on', 1) }} then 'cancellation'
        else 'not renewed'
    end
{%- endmacro %}

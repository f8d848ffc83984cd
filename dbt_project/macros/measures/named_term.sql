{# named_term: what the term is that a trial says it became: paid, of the school on trial; not_paid, a trial again or
   without a paid day; of_another_school; missing, deleted or in quarantine; none, where the trial names no term. Only
   a paid one makes a conversion (decision 050). #}
{% macro named_term(named_id, found_key, found_school_key, school_key, paid_from) -%}
    case
        when {{ named_id }} is null then 'none'
        when {{ found_key }} is null then 'missing'
        when {{ found_school_key }} <> {{ school_key }} then 'of_another_school'
        when {{ paid_from }} is null then 'not_paid'
        else 'paid'
    end
{%- endmacro %}

{# trial_outcome: what became of a trial, the first that holds: converted, it names a paid term of its school; lost,
   it has a reason; unclear, it names a term that is no sale to its school; open, its last day is not over at as of;
   expired, it is over and nobody said how it ended. #}
{% macro trial_outcome(named_term, lost_reason, ends_on, as_of_date) -%}
    case
        when {{ named_term }} = 'paid' then 'converted'
        when {{ lost_reason }} is not null then 'lost'
        when {{ named_term }} <> 'none' then 'unclear'
        when {{ ends_on }} >= {{ as_of_date }} then 'open'
        else 'expired'
    end
{%- endmacro %}

{# status_rank: which of several enrolments, or accounts in a class, of one person on one course speaks for all: the
   lowest. What is over, in whatever word, comes last. #}
{% macro status_rank(status) -%}
    case {{ status }}
        when 'active' then 1
        when 'not_started' then 2
        when 'suspended' then 3
        else 4
    end
{%- endmacro %}

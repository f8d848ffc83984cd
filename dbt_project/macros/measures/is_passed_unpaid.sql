{# is_passed_unpaid: whether a grade passes, 1, of a learner who pays for nothing: neither the enrolment is of a paid mode
   nor is there an earned certificate of one. #}
{% macro is_passed_unpaid(passing, earned, enrolment_mode, certificate_mode) -%}
    case
        when {{ passing }} = 0 then {{ bool(false) }}
        when {{ is_paid_mode(enrolment_mode) }} then {{ bool(false) }}
        when {{ earned }} = 1 and {{ is_paid_mode(certificate_mode) }} then {{ bool(false) }}
        else {{ bool(true) }}
    end
{%- endmacro %}

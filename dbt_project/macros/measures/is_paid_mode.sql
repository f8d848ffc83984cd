{# is_paid_mode: whether an enrolment or a certificate is of a mode that learners pay for. #}
{% macro is_paid_mode(mode) -%}
    {{ mode }} in ('verified', 'credit', 'professional', 'no-id-professional', 'masters', 'executive-education')
{%- endmacro %}

{# is_certificate_earned: whether a certificate's status says that it was earned: downloadable, or generating, which edX
   counts alike. Source: CertificateStatuses.PASSED_STATUSES of edx-platform; any other status, known or not, is none. #}
{% macro is_certificate_earned(status) -%}
    {{ status }} in ('downloadable', 'generating')
{%- endmacro %}

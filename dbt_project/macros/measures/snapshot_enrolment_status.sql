{# snapshot_enrolment_status: status of an edX enrolment in the newest snapshot: active, else left. A cart that was never
   paid for is left, too. Dates of the course do not matter, nor whether the account's address was confirmed. #}
{% macro snapshot_enrolment_status(is_enrolled) -%}
    case when {{ is_enrolled }} = {{ bool(true) }} then 'active' else 'left' end
{%- endmacro %}

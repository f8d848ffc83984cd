{# video_users: distinct accounts of learners with a viewing that touches a segment, as edX counts. #}
{% macro video_users(account_key) -%}
    cast(count(distinct {{ account_key }}) as bigint)
{%- endmacro %}

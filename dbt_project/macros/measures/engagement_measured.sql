{# engagement_measured: 1 where the use of a school can be known: it has a URN, by which platforms name it, and the
   platform had begun to record; else 0, and a measure is empty rather than nought (decision 015). #}
{% macro engagement_measured(school_key, month, first_month) -%}
    case when {{ school_key }} like 'urn:%' and {{ month }} >= {{ first_month }} then 1 else 0 end
{%- endmacro %}

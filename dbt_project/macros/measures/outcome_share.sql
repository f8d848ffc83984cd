{# outcome_share: rows of a band that lapsed or stayed as a share of a whole: of the band (precision), of all that lapsed
   (recall), of all that stayed (false alarms). NULL where there is no whole. #}
{% macro outcome_share(part, whole) -%}
    case when {{ whole }} > 0 then {{ ratio(part, whole) }} end
{%- endmacro %}

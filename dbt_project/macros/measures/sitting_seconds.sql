{# sitting_seconds: how long a reading session lasted: the seconds the bookshelf says the reader was active in it.
   Nothing where it does not say, says less than nothing, or more than twelve hours. #}
{% macro sitting_seconds(seconds_active) -%}
    case when {{ seconds_active }} between 0 and 43200 then {{ seconds_active }} else 0 end
{%- endmacro %}

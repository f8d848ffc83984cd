{# seats_lost_share: seats given up since the month's end of the 12 months before that had most, as a share of those.
   0 where there are as many now. Counts changes from the day they take effect, whenever they were entered. #}
{% macro seats_lost_share(seats, most_seats) -%}
    case
        when {{ most_seats }} > {{ seats }}
            then {{ ratio('(' ~ most_seats ~ ' - ' ~ seats ~ ')', most_seats) }}
        else 0
    end
{%- endmacro %}

{# viewing_outcome: `viewed` for a play that counts as a viewing, else why not: `unclosed`, nothing ended it before the
   next play; `past_end`, it ended over a second after the video's end; `backwards`, it ended before it began;
   `too_short`, under a quarter of a second. A length of NULL is not known. Source: edX's pipeline, insights/video. #}
{% macro viewing_outcome(from_seconds, to_seconds, video_seconds) -%}
    case
        when {{ to_seconds }} is null then 'unclosed'
        when {{ to_seconds }} > {{ video_seconds }} + 1 then 'past_end'
        when {{ to_seconds }} < {{ from_seconds }} then 'backwards'
        when {{ to_seconds }} - {{ from_seconds }} < 0.25 then 'too_short'
        else 'viewed'
    end
{%- endmacro %}

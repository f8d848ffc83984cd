{# Last day a term covered as far as anybody knew on `day`: a cancellation that was entered later does not count. #}
{% macro known_to_cover_to(term, day) -%}
    case
        when {{ term }}.notice_given_on <= {{ day }} then {{ term }}.last_covered_on
        else {{ term }}.ends_on
    end
{%- endmacro %}

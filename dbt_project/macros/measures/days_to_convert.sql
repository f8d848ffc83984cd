{# days_to_convert: days from a trial's first day to the first paid day of the term it became; 0 where that term was
   dated back to before the trial, NULL without conversion. The day the deal was signed is not known. #}
{% macro days_to_convert(started_on, converted_on) -%}
    case
        when {{ converted_on }} < {{ started_on }} then 0
        else {{ day_diff(started_on, converted_on) }}
    end
{%- endmacro %}

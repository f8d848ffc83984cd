{# qualifies_by_upgrading: whether the only thing missing is money: all needed courses are passed, some of them in a mode
   that does not count. #}
{% macro qualifies_by_upgrading(courses_passed, courses_passed_in_wrong_mode, courses_needed) -%}
    {{ flag(courses_passed_in_wrong_mode ~ ' > 0 and ' ~ courses_passed ~ ' + ' ~ courses_passed_in_wrong_mode ~ ' = ' ~ courses_needed) }}
{%- endmacro %}

{# is_passing_grade: whether a course grade passes now, 1 or 0. The run's own grading policy has said so in the letter,
   which is empty for a grade that does not pass; the programme's pass mark tells only where no letter is known. `g` is a
   row of stg_edx__course_grades. #}
{% macro is_passing_grade(g, pass_mark) -%}
    case
        when {{ g }}.is_passing = {{ bool(true) }} then 1
        when {{ g }}.is_letter_known = {{ bool(false) }} and {{ g }}.grade_share >= {{ pass_mark }} then 1
        else 0
    end
{%- endmacro %}

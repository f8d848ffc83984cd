{# A course run as one text, whatever the age of its id: course-v1:Org+Course+Run and Org/Course/Run are both
   Org-Course-Run, and ccx-v1:Org+Course+Run+ccx@12 is Org-Course-Run-ccx-12. So edX names the run's files, too
   (`entity`), unless it has letters beyond ASCII or too long a name. #}
{% macro edx_course_key(course_id) -%}
    {%- set cleaned = namespace(text=course_id) -%}
    {%- for sign, instead in [("'course-v1:'", "''"), ("'ccx-v1:'", "''"), ("'/'", "'-'"), ("'+'", "'-'"), ("'@'", "'-'")] -%}
        {%- set cleaned.text = "replace(" ~ cleaned.text ~ ", " ~ sign ~ ", " ~ instead ~ ")" -%}
    {%- endfor -%}
    cast(nullif(trim({{ cleaned.text }}), '') as {{ t_text(255) }})
{%- endmacro %}

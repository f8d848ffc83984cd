{# is_required_mode: whether a mode is the one that a programme asks of a course: its run type, where credit counts as
   verified and no-id-professional as professional; any paid mode where the programme names no type. Source:
   ProgramProgressMeter of edx-platform. #}
{% macro is_required_mode(mode, run_type) -%}
    case
        when {{ run_type }} is null then case when {{ is_paid_mode(mode) }} then 1 else 0 end
        when {{ mode }} = {{ run_type }} then 1
        when {{ mode }} in ('verified', 'credit') and {{ run_type }} in ('verified', 'credit') then 1
        when
            {{ mode }} in ('professional', 'no-id-professional')
            and {{ run_type }} in ('professional', 'no-id-professional') then 1
        else 0
    end
{%- endmacro %}

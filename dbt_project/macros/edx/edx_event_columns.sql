{# What every line of the tracking logs has: where it stood, when it was, who and in which course run. #}
{% macro edx_event_columns() -%}
    _instance as instance,
        _file_key as file_key,
        _offset as file_offset,
        line_hash,
        user_id,
        username as username_pseudonym,
        account_kind,
        {{ flag('name_too_long = ' ~ bool(true)) }} as is_name_too_long,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,

        event_date,
        time as occurred_at,
        received_at,
        event_source
{%- endmacro %}

{# video_users: how many more accounts of learners have a viewing that touches a segment than had one that touches the
   segment before, of one account: 1 where its first opens, -1 after the last of those open. Added up, as edX counts. #}
{% macro video_users(views_now, views_more) -%}
    case
        when {{ views_now }} > 0 and {{ views_now }} = {{ views_more }} then 1
        when {{ views_now }} = 0 then -1
        else 0
    end
{%- endmacro %}

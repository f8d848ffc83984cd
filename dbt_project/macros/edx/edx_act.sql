{# The name of an act in one spelling, the older. Players and servers log the same act under a new name, too; apps log
   new names only. Whoever counts event types counts some acts as two kinds. A name with one spelling is as it is. #}
{% macro edx_act(event_type) -%}
    {%- set spellings = {
        'load_video': ['edx.video.loaded'],
        'play_video': ['edx.video.played'],
        'pause_video': ['edx.video.paused'],
        'stop_video': ['edx.video.stopped'],
        'seek_video': ['edx.video.position.changed', 'edx.video.seeked'],
        'show_transcript': ['edx.video.transcript.shown'],
        'hide_transcript': ['edx.video.transcript.hidden'],
        'video_show_cc_menu': ['edx.video.language_menu.shown'],
        'video_hide_cc_menu': ['edx.video.language_menu.hidden'],
        'seq_goto': ['edx.ui.lms.sequence.tab_selected'],
        'seq_next': ['edx.ui.lms.sequence.next_selected'],
        'seq_prev': ['edx.ui.lms.sequence.previous_selected'],
        'problem_check': ['save_problem_check'],
        'problem_check_fail': ['save_problem_check_fail'],
        'showanswer': ['show_answer'],
    } -%}
    case
    {%- for act, others in spellings.items() %}
        when {{ event_type }} in ('{{ others | join("', '") }}') then '{{ act }}'
    {%- endfor %}
        else {{ event_type }}
    end
{%- endmacro %}

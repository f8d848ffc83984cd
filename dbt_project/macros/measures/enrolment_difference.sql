{# enrolment_difference: how what edX's logs tell of an enrolment and its snapshot disagree; empty where they agree. The
   hour of a snapshot is not known, so a state counts as the log's only where acts before its day and acts to the end of
   its day both give it; what is lost is told from the days of which a log landed (decision 084). #}
{% macro enrolment_difference(runs, snapshots, replayed) -%}
    case
        when {{ runs }}.course_run_key is null then 'run_without_snapshot'
        when {{ snapshots }}.user_id is null and {{ replayed }}.acts_before > 0 then 'not_in_snapshot'
        when {{ snapshots }}.user_id is null then null
        when
            coalesce({{ replayed }}.acts_known, 0) = 0
            and {{ snapshots }}.is_in_logged_days = {{ bool(true) }}
            and {{ snapshots }}.enrolled_on < {{ snapshots }}.snapshot_date
            then 'not_in_logs'
        when
            {{ replayed }}.enrolled_before = 1 and {{ replayed }}.enrolled_known = 1
            and {{ snapshots }}.is_active = {{ bool(false) }}
            then 'enrolled_in_logs_only'
        when
            {{ replayed }}.enrolled_before = 0 and {{ replayed }}.enrolled_known = 0
            and {{ snapshots }}.is_active = {{ bool(true) }}
            then 'enrolled_in_snapshot_only'
        when
            {{ replayed }}.acts_before > 0 and {{ replayed }}.mode_before <> {{ snapshots }}.mode
            and {{ replayed }}.mode_known <> {{ snapshots }}.mode
            then 'other_mode'
        when
            {{ replayed }}.acts_before > 0 and {{ replayed }}.activations = 0
            and {{ snapshots }}.is_in_logged_days = {{ bool(true) }}
            then 'activation_lost'
    end
{%- endmacro %}

{# The same in a sentence. #}
{% macro enrolment_difference_in_words(difference) -%}
    case {{ difference }}
        when 'run_without_snapshot'
            then 'The logs have acts of a course run of which no snapshot has landed.'
        when 'not_in_snapshot'
            then 'The logs have acts from before the snapshot, the snapshot has no enrolment.'
        when 'not_in_logs'
            then 'The snapshot has an enrolment made on a day whose log landed, the logs have no act of it.'
        when 'enrolled_in_logs_only'
            then 'By the logs the person is enrolled, by the snapshot the person left: leaving was not logged.'
        when 'enrolled_in_snapshot_only'
            then 'By the logs the person left, by the snapshot the person is enrolled: coming back was not logged.'
        when 'other_mode'
            then 'The logs end in another mode than the snapshot has: a change of mode was not logged.'
        when 'activation_lost'
            then 'Both agree on what holds now, but the logs have no act by which the enrolment began.'
    end
{%- endmacro %}

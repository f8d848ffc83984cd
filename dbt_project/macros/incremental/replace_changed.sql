{#
    Incremental strategy `replace_changed`, for models that read other models: rows with a changed key are deleted and
    made anew. It is decision 008 one step on: a key (a day, a week, an account) has changed when the rows with it,
    counted and their `row_hash` summed, differ from those this model was last built from, which stand beside
    the other memories in the intermediate schema. Whatever moved a row, and in whatever order loads came, it is seen.

    A model says: materialized='incremental', incremental_strategy='replace_changed',
    changes=[{'of': '<model with row_hash>', 'by': ['<key column>', …], 'as': ['<its name here, if another>', …]}, …],
    pre_hook="{% raw %}{{ count_changes() }}{% endraw %}", post_hook="{% raw %}{{ remember_changes() }}{% endraw %}", and reads only rows that `with_changed_keys` leaves. What it
    reads besides must not change a row whose keys are the same. Keys are never NULL.
#}

{% macro get_incremental_replace_changed_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- for change in config.require('changes') %}
    {{ delete_matching(
        target, change.get('as', change['by']), changed_keys(change, loop.index0), change['by']
    ) }};
    {%- endfor %}

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }}
{% endmacro %}


{# What follows FROM in a model: joins that leave the rows of `relation` with a key that changed; all in a full build.
   Joins, because either engine turns EXISTS with a list of changes into a loop over all rows. #}
{% macro with_changed_keys(relation) -%}
    {%- if is_incremental() -%}
        {%- set changes = config.require('changes') -%}
        {%- set found = [] -%}
        {%- for change in changes -%}
            {%- set keys = 'keys_' ~ loop.index -%}
            {%- do found.append(keys ~ '.' ~ change['by'][0] ~ ' is not null') -%}
            {{ 'inner' if changes | length == 1 else 'left' }} join ({{ changed_keys(change, loop.index0) }}) as {{ keys }}
            on {% for name in change['by'] %}{{ ' and ' if not loop.first }}{{ relation }}.{{ name }} = {{ keys }}.{{ name }}{% endfor %}
        {% endfor -%}
        {{ 'where (' ~ found | join(' or ') ~ ')' if changes | length > 1 }}
    {%- endif -%}
{%- endmacro %}


{# A query of the keys whose rows are others than this model was built from: now, or no longer there. #}
{% macro changed_keys(change, number) -%}
    select
        {%- for name in change['by'] %}
        coalesce(n.{{ name }}, b.{{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ keys_table('now', number) }} as n
    full outer join {{ keys_table('built', number) }} as b
        on {% for name in change['by'] %}{{ ' and ' if not loop.first }}n.{{ name }} = b.{{ name }}{% endfor %}
    where
        n.row_count is null or b.row_count is null
        or n.row_count <> b.row_count or n.hash_sum <> b.hash_sum
{%- endmacro %}


{# A table of a model's keys: as they are `now`, or as it was `built` from. Not beside a mart, where readers would see it. #}
{% macro keys_table(which, number) -%}
    {{- this.incorporate(
        path={'schema': target.schema, 'identifier': this.identifier ~ '__' ~ which ~ '_' ~ (number + 1)}, type='table'
    ) -}}
{%- endmacro %}


{# Pre-hook: counts once what the model, the deletion and the memory need. #}
{% macro count_changes() -%}
    {%- if not execute %}{{ return('') }}{% endif -%}
    {%- for change in config.require('changes') -%}
        {%- set keys = change['by'] | join(', ') -%}
        {%- set counted -%}
            select {{ keys }}, count(*) as row_count, sum(cast(row_hash as decimal(38, 0))) as hash_sum
            from {{ ref(change['of']) }}
            group by {{ keys }}
        {%- endset -%}
        {%- call statement('count') -%}
            {{ replace_table(keys_table('now', loop.index0), counted) }}
        {%- endcall -%}
    {%- endfor -%}
{%- endmacro %}


{# Post-hook: after every build, full or incremental, the memory is what was counted before it. #}
{% macro remember_changes() -%}
    {%- if not execute %}{{ return('') }}{% endif -%}
    {%- for change in config.require('changes') -%}
        {%- set counted = 'select c.* from ' ~ keys_table('now', loop.index0) ~ ' as c' -%}
        {%- call statement('remember') -%}
            {{ replace_table(keys_table('built', loop.index0), counted) }}
        {%- endcall -%}
    {%- endfor -%}
{%- endmacro %}

{# Texts of a group joined into one text, in the order of other columns of the group; NULL is left out, and a group
   without a text gives NULL. `separator` is a literal. One order per query: T-SQL refuses two. Long by nature, so
   T-SQL gets nvarchar(max), where STRING_AGG would otherwise stop at 8,000 bytes. #}

{% macro ordered_list(text, separator, order_by) -%}
    {{ return(adapter.dispatch('ordered_list', 'warehouse')(text, separator, order_by)) }}
{%- endmacro %}

{% macro duckdb__ordered_list(text, separator, order_by) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order_by | join(', ') }})
{%- endmacro %}

{% macro sqlserver__ordered_list(text, separator, order_by) -%}
    string_agg(cast({{ text }} as nvarchar(max)), '{{ separator }}') within group (order by {{ order_by | join(', ') }})
{%- endmacro %}

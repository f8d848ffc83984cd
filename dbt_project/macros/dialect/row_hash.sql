{# A number that stands for the values of a row, as bigint: another one as soon as a value is another or becomes NULL.
   The engines give different ones, so it is for comparing with what the same engine gave. `doubles` are named apart:
   T-SQL writes them out with six digits unless told otherwise. Columns are simple expressions, of at most 4,000 characters. #}

{% macro row_hash(columns, doubles=[]) -%}
    {{ return(adapter.dispatch('row_hash', 'warehouse')(columns, doubles)) }}
{%- endmacro %}

{% macro duckdb__row_hash(columns, doubles=[]) -%}
    cast(hash({{ (columns + doubles) | join(', ') }}) >> 1 as bigint)
{%- endmacro %}

{% macro sqlserver__row_hash(columns, doubles=[]) -%}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append("coalesce(cast(" ~ column ~ " as nvarchar(4000)), nchar(1))") -%}
    {%- endfor -%}
    {%- for column in doubles -%}
        {%- do texts.append("coalesce(convert(nvarchar(40), " ~ column ~ ", 3), nchar(1))") -%}
    {%- endfor -%}
    cast(cast(hashbytes('SHA2_256', concat({{ texts | join(', nchar(2), ') }}, nchar(2))) as varbinary(8)) as bigint)
{%- endmacro %}

{# dbt's own question, with an answer from --vars '{offline: full|incremental}': dbt's asks the server whether the
   table exists, so without one no incremental model compiles. Only the check of the T-SQL sets the variable. #}
{% macro is_incremental() -%}
    {%- if var('offline', none) is none -%}
        {{ return(dbt.is_incremental()) }}
    {%- endif -%}
    {{ return(
        execute and model.config.materialized == 'incremental' and var('offline') == 'incremental'
    ) }}
{%- endmacro %}

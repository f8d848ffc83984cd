{# Whether this deployment has the platform; dbt_project.yml asks the same for whole folders. Unset means all. #}
{% macro platform_enabled(platform) -%}
    {{ return(platform in env_var('WAREHOUSE_PLATFORMS', platform).split(',')) }}
{%- endmacro %}

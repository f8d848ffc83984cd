{# Whether this deployment has the platform; the same list switches whole folders in dbt_project.yml. #}
{% macro platform_enabled(platform) -%}
    {{ return(platform in env_var('WAREHOUSE_PLATFORMS', 'subscriptions,moodle').split(',')) }}
{%- endmacro %}

{# What: results of the date macros that differ from the table written here by hand: ends of months, leap
   years, a month that is shorter, a timestamp, an academic year. When: the macro's body for this engine is
   wrong. Resolve: macros/dialect, macros/calendar. #}
{%- set cases = [
    [month_start("cast('2024-02-29' as date)"), '2024-02-01'],
    [month_start("cast('2024-12-31 23:59:59' as " ~ t_timestamp() ~ ")"), '2024-12-01'],
    [month_end("cast('2024-02-01' as date)"), '2024-02-29'],
    [month_end("cast('2023-02-28 10:00:00' as " ~ t_timestamp() ~ ")"), '2023-02-28'],
    [add_months("cast('2024-01-31' as date)", 1), '2024-02-29'],
    [add_months("cast('2024-02-29' as date)", 12), '2025-02-28'],
    [add_months("cast('2024-01-15' as date)", -2), '2023-11-15'],
    [add_days("cast('2024-02-28' as date)", 2), '2024-03-01'],
    [add_days("cast('2024-01-01' as date)", -1), '2023-12-31'],
    [academic_year_starts_on("cast('2024-08-31' as date)"), '2023-09-01'],
    [academic_year_starts_on("cast('2024-09-01' as date)"), '2024-09-01'],
    [academic_year_starts_on("cast('2025-01-31' as date)"), '2024-09-01']
] -%}
{%- set day_counts = [
    [day_diff("cast('2024-02-28' as date)", "cast('2024-03-01' as date)"), 2],
    [day_diff("cast('2024-03-01' as date)", "cast('2024-02-28' as date)"), -2],
    [day_diff("cast('2024-03-01 23:59:59' as " ~ t_timestamp() ~ ")", "cast('2024-03-02' as date)"), 1],
    [month_diff("cast('2024-01-31' as date)", "cast('2024-02-01' as date)"), 1],
    [month_diff("cast('2024-02-01' as date)", "cast('2023-02-28' as date)"), -12]
] -%}
{%- set moments = [
    [epoch_to_timestamp("cast(0 as bigint)"), '1970-01-01 00:00:00'],
    [epoch_to_timestamp("cast(1709251199 as bigint)"), '2024-02-29 23:59:59'],
    [epoch_to_timestamp("cast(4102444800 as bigint)"), '2100-01-01 00:00:00']
] -%}
with dates_found as (
    {% for found, expected in cases -%}
    select
        {{ loop.index }} as case_number,
        {{ found }} as found,
        cast('{{ expected }}' as date) as expected
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

counts_found as (
    {% for found, expected in day_counts -%}
    select
        {{ 100 + loop.index }} as case_number,
        {{ found }} as found,
        {{ expected }} as expected
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

moments_found as (
    {% for found, expected in moments -%}
    select
        {{ 200 + loop.index }} as case_number,
        {{ found }} as found,
        cast('{{ expected }}' as {{ t_timestamp() }}) as expected
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

years_found as (
    select
        301 as case_number,
        {{ academic_year("cast('2099-09-01' as date)") }} as found,
        '2099/00' as expected
    union all
    select
        302 as case_number,
        {{ academic_year("cast('2025-08-31' as date)") }} as found,
        '2024/25' as expected
)

select case_number from dates_found
where found is null or found <> expected
union all
select case_number from counts_found
where found is null or found <> expected
union all
select case_number from moments_found
where found is null or found <> expected
union all
select case_number from years_found
where found is null or found <> expected

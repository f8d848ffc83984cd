{# What: results of the number macros that differ from the table written here by hand. When: the macro's
   body for this engine is wrong. Resolve: macros/dialect. #}
{%- set table = [
    [7, 2, 3, 3.5], [6, 3, 2, 2.0], [1, 4, 0, 0.25], [0, 5, 0, 0.0], [-7, 2, -3, -3.5], [7, 0, 'null', 'null']
] -%}
with cases as (
    {% for a, b, whole, exact in table -%}
    select
        {{ a }} as a,
        {{ b }} as b,
        {{ whole }} as whole,
        {{ exact }} as exact
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

pairs as (
    select
        'whole' as what,
        a,
        b,
        cast(whole as {{ t_double() }}) as expected,
        cast({{ integer_divide('a', 'b') }} as {{ t_double() }}) as found
    from cases
    union all
    select
        'exact' as what,
        a,
        b,
        cast(exact as {{ t_double() }}) as expected,
        {{ ratio('a', 'b') }} as found
    from cases
    union all
    select
        'mean' as what,
        0 as a,
        0 as b,
        2.5 as expected,
        {{ average('whole') }} as found
    from cases
    where whole >= 2
)

select * from pairs
where coalesce(expected, -999) <> coalesce(found, -999)

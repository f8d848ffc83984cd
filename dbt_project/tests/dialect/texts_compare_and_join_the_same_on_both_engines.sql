{# What: results of the text macros that differ from the table written here by hand: trailing blanks, letter
   case, NULL, digits that are not ASCII. When: the macro's body for this engine is wrong. Resolve:
   macros/dialect. #}
{%- set arabic_three = "'12٣'" -%}
{%- set cases = [
    [text_length("'ab  '"), 4],
    [text_length("''"), 0],
    ["coalesce(" ~ text_length("cast(null as " ~ t_text(10) ~ ")") ~ ", -1)", -1],
    ["case when " ~ same_text("'a'", "'a'") ~ " then 1 else 0 end", 1],
    ["case when " ~ same_text("'a'", "'A'") ~ " then 1 else 0 end", 0],
    ["case when " ~ same_text("'a'", "'a '") ~ " then 1 else 0 end", 0],
    ["case when " ~ is_digits("'100123'") ~ " then 1 else 0 end", 1],
    ["case when " ~ is_digits("'10 123'") ~ " then 1 else 0 end", 0],
    ["case when " ~ is_digits("'tbc'") ~ " then 1 else 0 end", 0],
    ["case when " ~ is_digits("''") ~ " then 1 else 0 end", 0],
    ["case when " ~ is_digits(arabic_three) ~ " then 1 else 0 end", 0],
    ["case when " ~ is_digits("cast(null as " ~ t_text(10) ~ ")") ~ " then 1 else 0 end", 0],
    ["case when " ~ joined(["'a'", "cast(null as " ~ t_text(10) ~ ")", "7"]) ~ " = 'a7' then 1 else 0 end", 1],
    ["case when " ~ platform_key('moodle', ["'site'", "12"]) ~ " = 'moodle:site:12' then 1 else 0 end", 1]
] -%}
with found_and_expected as (
    {% for found, expected in cases -%}
    select
        {{ loop.index }} as case_number,
        {{ found }} as found,
        {{ expected }} as expected
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from found_and_expected
where found <> expected

"""Which course run an event is of: the first place that has one, written as course runs are."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.warehouse.quoting import literal

# letters of all alphabets, said so, would be compiled for every block, which takes longer than all the rest
_PART = r"""[^\s\x00-\x1f\x7f/+?&#%@:"'<>(){}|;,=*!$^`\\]+"""
_ASCII = "[A-Za-z0-9_.~-]+"
_USUAL = rf"course-v1:{_ASCII}\+{_ASCII}\+{_ASCII}"
_COURSE = rf"(?:course|ccx)-v1:{_PART}\+{_PART}\+{_PART}(?:\+ccx@[0-9]+)?|{_PART}/{_PART}/{_PART}"
_IN_ADDRESS = (
    rf"/course/(course-v1:{_PART}\+{_PART}\+{_PART})",
    rf"/courses/((?:course|ccx)-v1:{_PART}\+{_PART}\+{_PART}(?:\+ccx@[0-9]+)?|{_PART}/{_PART}/{_PART})",
)
_BLOCK = rf"block-v1:({_PART}\+{_PART}\+{_PART})\+type@"
_LONGEST = 255


def course_ctes(before: str, keys: Mapping[str, str], addresses: Mapping[str, str]) -> str:
    """`placed`, `unescaped`, `found`: all of `before`, and `course_found`.

    `before` has the context's own course as `course`; `keys` and `addresses` are the other places by name, as
    SQL, in their order. What only few lines need is NULL in the others: DuckDB works out a repeated part of a
    CASE for all of them.
    """
    usual = f"(regexp_full_match(course, {literal(_USUAL)}) and strlen(course) <= {_LONGEST})"
    steps = {"rest_course": "course", **keys, **addresses}
    rest = f"not coalesce({usual}, false)"
    placed = ", ".join(f"case when {rest} then {text} end as {name}" for name, text in steps.items())
    plain = ", ".join(f"{_plain(name)} as {name}" for name in steps)
    named = [_valid(name) for name in ("rest_course", *keys)] + [_in_address(name) for name in addresses]
    found = f"case when {usual} then course else coalesce({', '.join(named)}) end"
    return (
        f"placed as (select *, {placed} from {before}), "
        f"unescaped as (select * replace ({plain}) from placed), "
        f"found as (select *, {found} as course_found from unescaped)"
    )


def _plain(text: str) -> str:
    """Without blanks around it and without the escapes of an address. A blank within it was a `+` before
    something decoded it. Escapes that are no text, as bots try them, stay.
    """
    trimmed = f"trim({text}, chr(9) || chr(10) || chr(13) || ' ')"
    decoded = f"coalesce(try(url_decode({trimmed})), {trimmed})"
    return (
        f"case when contains({text}, '%') or contains({trimmed}, ' ') then replace({decoded}, ' ', '+') "
        f"else {trimmed} end"
    )


def _valid(text: str) -> str:
    right = f"regexp_full_match({text}, {literal(_COURSE)}) and length({text}) <= {_LONGEST}"
    return f"case when {right} then {text} end"


def _in_address(address: str) -> str:
    """Addresses of the API (`/courses/v1/…`) name no course run where others do."""
    found = [f"nullif(regexp_extract({address}, {literal(one)}, 1), '')" for one in _IN_ADDRESS]
    block = f"'course-v1:' || nullif(regexp_extract({address}, {literal(_BLOCK)}, 1), '')"
    looks = f"contains({address}, '/course') or contains({address}, 'block-v1')"
    api = f"regexp_matches({address}, '/courses/v[0-9]+/')"
    first = f"coalesce({', '.join([*found, block])})"
    return f"case when ({looks}) and not {api} and length({first}) <= {_LONGEST} then {first} end"

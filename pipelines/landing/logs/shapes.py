"""What a value must look like to land as it is, and the keyed hash that lands where it does not.

The hash is an HMAC as pseudonyms are, cut to 64 bits: equal values stay equal, and nothing leads back to one.
"""

from __future__ import annotations

from pipelines.warehouse.quoting import literal

MASK = "h:"
_HEX = "[0-9a-f]"
_NAME = "[A-Za-z0-9_.~-]+"
SHAPES = {
    # a block of a course in the three ways there are, and the bare hash that players send
    "block": rf"i4x://{_NAME}/{_NAME}/[a-z_]+/{_NAME}|i4x-{_NAME}-[a-z_]+-{_NAME}|{_HEX}{{20}}|{_HEX}{{32}}"
    rf"|block-v1:{_NAME}\+{_NAME}\+{_NAME}\+type@[a-z_+-]+block@{_NAME}",
    "part": rf"i4x-{_NAME}-problem-{_NAME}_[0-9]+_[0-9]+|{_HEX}{{32}}(?:_[0-9]+_[0-9]+)?",
    "forum_id": rf"{_HEX}{{24}}",
    "uuid": rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}|{_HEX}{{32}}",
    "choice": "(?:choice|option)_[0-9]{1,4}",
    "tag": "[a-z_]{1,40}",
    "event": "[A-Za-z0-9_.-]{1,120}",
}
_BLANKS = "chr(9) || chr(10) || chr(13) || ' '"


def trimmed(value: str) -> str:
    """Without the blanks and line ends that players are known to send around an id."""
    return f"trim({value}, {_BLANKS})"


def shaped(value: str, shape: str) -> str:
    """The value where it has the shape, else its keyed hash; NULL stays NULL."""
    plain = trimmed(value)
    has_shape = f"regexp_full_match({plain}, {literal(SHAPES[shape])}) and length({plain}) <= 255"
    return f"case when {value} is null then null when {has_shape} then {plain} else {masked(plain)} end"


def masked(value: str) -> str:
    """`h:` and 16 hex digits. Parameters: $inner and $outer (the key's pads), $scope."""
    message = f"encode(concat('value', chr(31), $scope, chr(31), {value}))"
    digest = f"sha256($outer || unhex(sha256($inner || {message})))"
    return f"'{MASK}' || left({digest}, 16)"


def time_of(value: str) -> str:
    """UTC of a text as logs have had it since 2012: with an offset or without, a blank for the `T`, or the
    seconds or milliseconds since 1970; NULL for what is no possible time.
    """
    number = f"try_cast({value} as double)"
    moment = (
        # as a timestamp without a zone DuckDB would read an offset and leave it out of account
        f"case when {value} like '____-%' or {value} like ' %' "
        f"then make_timestamp(epoch_us(try_cast({value} as timestamptz))) "
        f"when regexp_full_match({value}, '[0-9]{{9,10}}([.][0-9]+)?') "
        f"then make_timestamp(cast({number} * 1000000 as bigint)) "
        f"when regexp_full_match({value}, '[0-9]{{12,13}}') "
        f"then make_timestamp(cast({value} as bigint) * 1000) end"
    )
    return f"case when ({moment}) between timestamp '1970-01-01' and timestamp '9999-12-31' then {moment} end"

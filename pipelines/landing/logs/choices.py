"""Answers and tags of a problem that the server checked, as JSON that holds no free text.

An answer lands only where it was chosen from a list, as the name of the choice or as its keyed hash; of a
text that a learner wrote, only that there was one and whether it was correct.
"""

from __future__ import annotations

from pipelines.contracts import Column
from pipelines.landing.logs.shapes import SHAPES, masked, shaped, trimmed
from pipelines.warehouse.quoting import literal

_CHOSEN = ("choiceresponse", "multiplechoiceresponse", "truefalseresponse", "optionresponse")
_WRITTEN = (
    "stringresponse", "numericalresponse", "formularesponse", "customresponse", "coderesponse",
    "schematicresponse", "imageresponse", "externalresponse", "symbolicresponse", "annotationresponse",
    "choicetextresponse", "chemicalequationresponse", "jsmeresponse",
)  # fmt: skip


def answers(submission: str, marks: str, given: str) -> str:
    """A list of `{part, type, answers, correct}`: `submission`, `marks` (the correct map) and `given` are the
    JSON texts of the event, any of which may be NULL.
    """
    part = "'$.\"' || k || '\"'"
    kind = f"json_extract_string({submission}, {part} || '.response_type')"
    answer = f"coalesce(json_extract({given}, {part}), json_extract({submission}, {part} || '.answer'))"
    mark = f"json_extract_string({marks}, {part} || '.correctness')"
    says = f"json_extract_string({submission}, {part} || '.correct')"
    known = ", ".join(literal(name) for name in (*_CHOSEN, *_WRITTEN))
    chosen = ", ".join(literal(name) for name in _CHOSEN)
    of_choice = f"{kind} in ({chosen}) or ({kind} is null and {_looks_chosen(answer)})"
    fields = {
        "part": shaped("k", "part"),
        "type": f"case when {kind} in ({known}) then {kind} when {kind} is not null then 'other' end",
        "answers": f"case when {of_choice} then {_each(answer, 'choice')} end",
        "correct": f"case when {mark} in ('correct', 'incorrect', 'partially-correct') then {mark} "
        f"when {says} = 'true' then 'correct' when {says} = 'false' then 'incorrect' end",
    }
    struct = "{" + ", ".join(f"'{name}': {value}" for name, value in fields.items()) + "}"
    parts = f"json_keys(coalesce({submission}, {marks}, {given}))"
    # no key of an input has a quotation mark; one that has would end the path
    safe = f"list_filter({parts}, lambda k: not contains(k, '\"'))"
    return f"try(cast(to_json(list_transform({safe}, lambda k: {struct})) as varchar))"


def tags(column: Column, found: str) -> str:
    """An object of lists; a value that the contract does not list lands as its keyed hash."""
    known = ", ".join(literal(value) for value in column.payload.values) if column.payload else ""
    value = f"case when v in ({known}) then v else {masked('v')} end"
    values = f"list_transform({_list(f'json_extract({found}, k_path)')}, lambda v: {value})"
    values = values.replace("k_path", "'$.\"' || k || '\"'")
    entry = f"{{'key': {shaped('k', 'tag')}, 'value': {values}}}"
    safe = f"list_filter(json_keys({found}), lambda k: not contains(k, '\"'))"
    made = f"map_from_entries(list_transform({safe}, lambda k: {entry}))"
    return f"try(cast(to_json({made}) as varchar))"


def _looks_chosen(answer: str) -> str:
    """Before March 2014 an event does not say what kind of question it was."""
    other = f"not coalesce(regexp_full_match(a, {literal(SHAPES['choice'])}), false)"
    return f"len(list_filter({_list(answer)}, lambda a: {other})) = 0"


def _each(answer: str, shape: str) -> str:
    """Nothing is nothing, and not the keyed hash of an empty text."""
    chosen = f"nullif({trimmed('a')}, '')"
    return f"list_transform({_list(answer)}, lambda a: {shaped(chosen, shape)})"


def _list(json: str) -> str:
    """One value and a list of values as a list of texts."""
    many = f"json_extract_string({json}, '$[*]')"
    return f"case when json_type({json}) = 'ARRAY' then {many} else [json_extract_string({json}, '$')] end"

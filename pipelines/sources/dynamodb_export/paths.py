"""Where an attribute stands in a line of DYNAMODB_JSON: every step down passes the descriptor of its type."""

from __future__ import annotations

import re

_STEP = re.compile(r"((?:[^.\[\]\\]|\\.)*)((?:\[\d+\])*)(?:\.|$)")


def pointer(path: str) -> str:
    """JSON pointer below an image, to the attribute's descriptor: `reader.email` is /reader/M/email.

    `answers[0].score` goes into a list; a dot within a name is written with a backslash before it.
    """
    steps, at = [], 0
    while at < len(path):
        match = _STEP.match(path, at)
        if not match or match.end() == at:
            raise ValueError(f"`{path}` is no path of an attribute")
        steps.append((re.sub(r"\\(.)", r"\1", match[1]), re.findall(r"\d+", match[2])))
        at = match.end()
    made = ""
    for number, (name, indices) in enumerate(steps):
        made += ("/M" if number else "") + "/" + name.replace("~", "~0").replace("/", "~1")
        made += "".join(f"/L/{index}" for index in indices)
    return made


def maps_above(descriptor: str) -> list[tuple[str, str]]:
    """The maps and lists that a pointer passes: (pointer, `M` or `L`), the outermost first."""
    parts = descriptor.split("/")
    return [
        ("/".join(parts[:place]), parts[place])
        for place in range(2, len(parts) - 1)
        # descriptors stand at every second place, whatever attributes are called
        if parts[place] in ("M", "L") and place % 2 == 0
    ]

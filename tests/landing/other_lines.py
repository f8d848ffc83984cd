"""One change at random to the lines of a file, as a bad disk, a bad copy or a bad script makes it."""

from __future__ import annotations

import random


def other_lines(chance: random.Random, content: bytearray) -> bytearray:
    """A line doubled, swapped with another, taken out, joined with another or cut."""
    lines = content.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.choice(("double", "swap", "drop", "join", "cut")):
        case "double":
            lines.insert(other, lines[one])
        case "swap":
            lines[one], lines[other] = lines[other], lines[one]
        case "drop":
            del lines[one]
        case "join":
            lines[one] = lines[one] + lines[other]
        case "cut":
            lines[one] = lines[one][: chance.randrange(len(lines[one]) + 1)]
    return bytearray(b"\n".join(lines))

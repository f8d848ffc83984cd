"""The checks' process of a run: loads Great Expectations at once, then runs the checkpoint when told to.

Standard input: a JSON list of `expectations.checkpoint`'s arguments a line, until the run closes it or ends.
Standard output: the exit code of each.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout, suppress

from expectations.checkpoint import main as run_checkpoint


def main() -> None:
    """Whatever prints meanwhile prints to standard error: standard output has nothing but the answers."""
    answers = sys.stdout
    with redirect_stdout(sys.stderr):
        with suppress(ImportError):  # the checkpoint says it, where somebody listens
            import expectations.validation  # noqa: F401 - here for the time it takes
            from expectations.gx_on_duckdb import load

            load()
        for line in sys.stdin:
            print(run_checkpoint(json.loads(line)), file=answers, flush=True)


if __name__ == "__main__":
    main()

"""dbt's own process: parses the project, waits to be told what to build, builds it.

`python -m pipelines.runner.dbt_child [dbt's options for the project]`, standard input: nothing until the
build may start, then one line, a JSON list of the options of `dbt build`. Standard output: one JSON object
a line, `{"info": {"name", "level", "msg"}}`, as `dbt --log-format json` has them, but only those that
somebody reads: dbt writes each of 17,000 a second time in JSON, for a sixth of its time.

Parsing opens no warehouse, so it may go on beside the checks, which need it for themselves.
"""

from __future__ import annotations

import gc
import json
import sys

from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg

READ = ("LogStartLine", "LogTestResult", "LogModelResult")
QUIET = ["--no-version-check", "--no-use-colors", "--log-level", "none", "--log-level-file", "debug"]


def main(project: list[str]) -> int:
    """Exit code 0 when dbt went to its end, whatever it found; 1 when it could not start."""
    parsed = dbtRunner(callbacks=[_say]).invoke([*QUIET, "parse", *project])
    if not parsed.success:
        _tell("error", str(parsed.exception or "the project cannot be parsed"))
        return 1
    # what is parsed stays to the end: no use in looking through it for garbage again and again
    gc.freeze()
    told = sys.stdin.readline()
    if not told:  # whoever should have told is gone
        return 1
    built = dbtRunner(manifest=parsed.result, callbacks=[_say]).invoke(
        [*QUIET, "build", *project, *json.loads(told)]
    )
    if built.exception:
        _tell("error", str(built.exception))
    return int(built.exception is not None)


def _say(event: EventMsg) -> None:
    if event.info.name in READ or event.info.level == "error":
        _tell(event.info.level, event.info.msg, event.info.name)  # type: ignore[attr-defined]


def _tell(level: str, msg: str, name: str = "") -> None:
    sys.stdout.write(json.dumps({"info": {"name": name, "level": level, "msg": msg}}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`exec`: text run as a batch, and the system's procedures that drivers, dlt, dbt and the project call."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.servers.tsql import questions
from tests.servers.tsql.definitions import place_of, table_of, text
from tests.servers.tsql.features import Fault
from tests.servers.tsql.scope import Scope, Variable, top_level
from tests.servers.tsql.tokens import Argument, Call, SqlError
from tests.servers.tsql.translate import parts_of, quoted
from tests.servers.tsql.values import MAX, Kind, kind_named

if TYPE_CHECKING:
    from tests.servers.tsql.session import Session

_TEXT, _INT = Kind("nvarchar", MAX), Kind("int", 4)
_CALL = re.compile(
    r"exec(?:ute)?\s+(?:@(\w+)\s*=\s*)?((?:[\w\[\]]*\.)*[\w\[\]]+)\s*(.*)", re.IGNORECASE | re.DOTALL
)


# ---------------------------------------------------------------- from a batch


def executed(session: Session, statement: str, scope: Scope) -> None:
    """Runs `exec (…)` or `exec procedure …`."""
    statement = statement.strip().rstrip(";")
    if found := re.match(r"exec(?:ute)?\s*\((.*)\)\s*$", statement, re.IGNORECASE | re.DOTALL):
        session.run(str(session.value(found[1], scope)), Scope())
        return
    found = _CALL.match(statement)
    assert found is not None
    call = Call(parts_of(found[2])[-1].lower())
    outs: dict[int, str] = {}
    for place, part in enumerate(top_level(found[3])):
        call.arguments.append(_argument(session, part.strip(), scope, place, outs))
    status = called(session, call)
    if found[1]:
        scope.set(found[1], status)
    for place, name in outs.items():
        scope.set(name, call.arguments[place].value)


def _argument(session: Session, part: str, scope: Scope, place: int, outs: dict[int, str]) -> Argument:
    named = re.match(r"@(\w+)\s*=\s*(.*)", part, re.DOTALL)
    name, value = ("@" + named[1], named[2]) if named else ("", part)
    if out := re.match(r"@(\w+)\s+out(put)?\s*$", value, re.IGNORECASE):
        outs[place] = out[1]
        known = scope.variables[out[1].lower()]
        return Argument(name, known.kind, known.value, True)
    if re.fullmatch(r"[A-Za-z_]\w*", value) and value.lower() != "null":
        return Argument(name, _TEXT, value)
    found = session.value(value, scope)
    return Argument(name, _INT if isinstance(found, int) else _TEXT, found)


# ---------------------------------------------------------------- one call


def called(session: Session, call: Call) -> int:
    """Runs a procedure and gives its status. Raises SqlError 2812 for one that is not known."""
    run = _PROCEDURES.get(parts_of(call.name)[-1])
    if run is None:
        raise SqlError(2812, f"Could not find stored procedure '{call.name}'.")
    return run(session, call) or 0


def _sql(session: Session, statement: str, declarations: str, arguments: list[Argument]) -> None:
    """Runs a statement with parameters; outputs go back into the arguments."""
    scope = Scope()
    for at, part in enumerate(top_level(declarations or "")):
        found = re.match(r"\s*@(\w+)\s+(?:as\s+)?(\w+\s*(?:\([^)]*\))?)", part)
        assert found is not None
        name = found[1].lower()
        given = next((each for each in arguments if each.name.lower() == "@" + name), None)
        if given is None and at < len(arguments) and not arguments[at].name:
            given = arguments[at]
        scope.variables[name] = Variable(kind_named(found[2]), given.value if given else None)
    session.run(statement, scope)
    for argument in arguments:
        if argument.out and argument.name:
            argument.value = scope.variables[argument.name[1:].lower()].value


def _executesql(session: Session, call: Call) -> None:
    statement, *rest = call.arguments
    declarations = rest[0].value if rest else ""
    _sql(session, statement.value, declarations, rest[1:])


def _prepare(session: Session, call: Call) -> None:
    handle, declarations, statement = call.arguments[:3]
    handle.value = session.server.next_number()
    session.prepared[handle.value] = (statement.value, declarations.value or "")


def _prepexec(session: Session, call: Call) -> None:
    _prepare(session, call)
    _sql(session, call.arguments[2].value, call.arguments[1].value or "", call.arguments[3:])


def _execute(session: Session, call: Call) -> None:
    known = session.prepared.get(call.arguments[0].value)
    if known is None:
        raise SqlError(8179, f"Could not find prepared statement with handle {call.arguments[0].value}.")
    _sql(session, *known, call.arguments[1:])


def _unprepare(session: Session, call: Call) -> None:
    session.prepared.pop(call.arguments[0].value, None)


# ---------------------------------------------------------------- procedures of the system


def _rename(session: Session, call: Call) -> None:
    old, new, kind = call.named("objname", "newname", "objtype")
    if str(kind or "").lower() == "column":
        *table, column = parts_of(old)
        relation = table_of(".".join(f"[{part}]" for part in table))
        session.execute(f"alter table {relation} rename column {quoted(column)} to {quoted(new)}")
        return
    schema, name = place_of(old)
    if str(kind or "").lower() == "index":
        session.execute(
            f"update sys._indexes set index_name = {text(new)} where index_name = {text(parts_of(old)[-1])}"
        )
        return
    is_view = session.asked(
        f"select count(*) from sys.views where object_id = object_id({text(old)})", Scope()
    )[0][0]
    session.execute(f"alter {'view' if is_view else 'table'} {table_of(old)} rename to {quoted(new)}")
    for kept, column in (("_indexes", "table_name"), ("_views", "view_name")):
        session.execute(
            f"update sys.{kept} set {column} = {text(new)}"
            f" where schema_name = {text(schema)} and {column} = {text(name)}"
        )


def _lock(session: Session, call: Call) -> int:
    if not session.server.features.applock:
        raise SqlError(2812, "Could not find stored procedure 'sp_getapplock'.")
    resource, mode, owner, timeout = call.named("resource", "lockmode", "lockowner", "locktimeout")
    owner = str(owner or "transaction").lower()
    if owner == "transaction" and not session.open:
        raise SqlError(15247, "sp_getapplock needs an open transaction for its owner.")
    wait = -1 if timeout is None else int(timeout)
    return session.server.locks.take(session.number, str(resource), str(mode).lower(), owner, wait)


def _unlock(session: Session, call: Call) -> int:
    [resource] = call.named("resource")
    if not session.server.locks.give_back(session.number, str(resource)):
        raise SqlError(1223, "Cannot release the application lock because it is not currently held.")
    return 0


def _property(session: Session, call: Call) -> None:
    name, value = call.named("name", "value")
    names = {each.name.lower(): each.value for each in call.arguments}
    table, column = names.get("@level1name"), names.get("@level2name")
    owner = f"{names.get('@level0name', 'dbo')}.{table}"
    which = f"name = {text(str(name))} and major_id = coalesce(object_id({text(owner)}), 0)"
    session.execute(
        f"delete from sys.extended_properties where {which}" + ("" if column is None else " and minor_id > 0")
    )
    if "drop" not in call.name:
        session.execute(
            f"insert into sys.extended_properties select 1, 'OBJECT_OR_COLUMN', coalesce(object_id({text(owner)}), 0),"  # noqa: E501 - a table reads by the line
            f" coalesce((select c.column_id from sys.columns as c where c.object_id = object_id({text(owner)})"  # noqa: E501 - a table reads by the line
            f" and c.name = {text(str(column))}), 0), {text(str(name))}, {text(str(value))}"
        )


def _nothing(session: Session, call: Call) -> None:
    session.reply.done()


def _told_to_fail(session: Session, call: Call) -> None:
    """`exec standin_fails @pattern, @number, @times`: the next statements like it get that error."""
    pattern, number, times = call.named("pattern", "number", "times")
    session.server.faults.waiting.append(Fault(str(pattern), int(number), times=int(times or 1)))
    session.reply.done()


_PROCEDURES: dict[str, Callable[[Any, Call], int | None]] = {
    "sp_executesql": _executesql, "sp_prepare": _prepare, "sp_prepexec": _prepexec, "sp_execute": _execute,
    "sp_unprepare": _unprepare, "sp_rename": _rename, "sp_getapplock": _lock, "sp_releaseapplock": _unlock,
    "sp_describe_first_result_set": questions.first_result, "sp_addextendedproperty": _property,
    "sp_updateextendedproperty": _property, "sp_dropextendedproperty": _property,
    "sp_refreshview": _nothing, "sp_refreshsqlmodule": _nothing, "sp_updatestats": _nothing,
    "sp_reset_connection": _nothing, "sp_describe_undeclared_parameters": questions.parameters,
    "sp_datatype_info_100": questions.type_info, "standin_fails": _told_to_fail,
}  # fmt: skip

"""What drivers need of the machine: libraries, and a name by which unixODBC finds one of them."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

from pipelines.settings import Settings
from pipelines.warehouse.sqlserver.driver import LIBRARIES, load_driver
from pipelines.warehouse.sqlserver.errors import not_loaded

# dlt's destination speaks through pyodbc, whose wheel lacks unixODBC
ALL_LIBRARIES = {"libodbc2": "libodbc.so.2", **LIBRARIES}
_NAME = "ODBC Driver 18 for SQL Server"


def missing_libraries(wanted: dict[str, str] | None = None) -> tuple[str, ...]:
    """Debian's packages of those that do not load."""
    return tuple(
        package
        for package, library in (ALL_LIBRARIES if wanted is None else wanted).items()
        if not _loads(library)
    )


def prepare(settings: Settings) -> None:
    """Before any connection. Raises WarehouseUnreachable with the line that installs what is missing.

    Microsoft's driver lies inside a wheel and is registered nowhere; unixODBC looks it up in the folder that
    ODBCSYSINI names, which is ours.
    """
    if missing := missing_libraries():
        raise not_loaded(missing)
    settings.odbc_folder.mkdir(parents=True, exist_ok=True)
    file, text = settings.odbc_folder / "odbcinst.ini", f"[{_NAME}]\nDriver={_driver_path()}\n"
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        fresh = file.with_suffix(".next")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(file)


@cache
def _driver_path() -> Path:
    try:
        found = load_driver().get_native_provider_info()["driver_path"]
    except ImportError:
        raise not_loaded() from None
    if not found:
        raise not_loaded()
    return Path(found)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True

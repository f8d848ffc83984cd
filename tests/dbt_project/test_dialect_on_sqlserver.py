"""The case table on a live SQL Server, `make test-sqlserver`; elsewhere skipped, since none can be installed.

The server's address is WAREHOUSE_TEST_SQLSERVER_URL, its database any in which the login may create a table.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.dbt_project.dialect_cases import Ask, Case, answer, cases, same
from tests.dbt_project.live_sqlserver import EXAMPLE, connected

# Read while collecting: a test itself sees no WAREHOUSE_ variable.
URL = os.environ.get("WAREHOUSE_TEST_SQLSERVER_URL", "")

if not URL:
    pytest.skip(
        f"live SQL Server: WAREHOUSE_TEST_SQLSERVER_URL names none ({EXAMPLE})", allow_module_level=True
    )


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    with connected(URL) as asking:
        yield asking


@pytest.mark.parametrize("case", cases("sqlserver"), ids=str)
def test_a_case_on_sqlserver(ask, case: Case):
    import mssql_python

    found = answer(ask, case, mssql_python.Error)
    assert same(found, case.gives), f"{case}\ngives {found!r}, not {case.gives!r}"

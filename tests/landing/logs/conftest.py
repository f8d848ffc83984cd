"""One key of gpg and one stager for all tests of logs: neither is changed by a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.landing.logs.daily import NAME, DailyLogs
from tests.landing.logs.staged import Stager
from tests.landing.plain_keyring import PlainKeyring
from tests.servers.gpg_keys import NOT_INSTALLED, GpgKeys, installed


@pytest.fixture(scope="session")
def log_keys() -> Iterator[GpgKeys]:
    """With the key `unix`, which is ours, and `other`, which is not."""
    if not installed():
        pytest.skip(NOT_INSTALLED)
    made = GpgKeys()
    made.settings(NAME), made.settings("other")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def stager(tmp_path_factory) -> Stager:
    return Stager(tmp_path_factory.mktemp("staged"))


@pytest.fixture
def sealed_days(log_keys, tmp_path) -> Iterator[DailyLogs]:
    """Logs that gpg has to open, none there yet."""
    with DailyLogs(tmp_path, log_keys.settings(NAME).key_file) as opened:
        yield opened


@pytest.fixture
def plain_days(tmp_path, monkeypatch) -> Iterator[DailyLogs]:
    """Logs that are compressed only, none there yet."""
    monkeypatch.setattr("pipelines.landing.packages.instance.Keyring", PlainKeyring)
    with DailyLogs(tmp_path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def dlt_imports_logs_as_they_are(monkeypatch):
    """dlt writes a file anew whose columns are not as it wants them, which takes as long as the import."""
    from dlt.normalize.items_normalizers.arrow import ArrowItemsNormalizer

    def rewritten(*_):
        raise AssertionError("a staged log has its columns in another order or of other types than its table")

    monkeypatch.setattr(ArrowItemsNormalizer, "_write_with_dlt_columns", rewritten)

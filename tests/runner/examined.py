"""What `doctor` finds on a small platform of the tests, and what `doctor` needs to find it."""

from __future__ import annotations

import pytest

from pipelines.runner.doctor import Finding, examine
from tests.landing.shop import Shop


def place_in_environment(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.runner.doctor.known_platforms", lambda: ["shop"])
    monkeypatch.setattr("pipelines.runner.doctor.contract_path", lambda _: shop.folder / "contract.yml")
    monkeypatch.setattr("pipelines.runner.doctor.config_path", lambda _: shop.folder / "shop.yml")
    monkeypatch.setattr("pipelines.reports.freshness.contract_path", lambda _: shop.folder / "contract.yml")
    given = {"HOME": shop.folder / "home", "PSEUDONYM_KEY": "ab" * 32, "SEALING_KEY": "cd" * 32}
    for name, value in given.items():
        monkeypatch.setenv(f"WAREHOUSE_{name}", str(value))
    for instance, place in shop.sources.items():
        for name, value in place.items():
            monkeypatch.setenv(f"WAREHOUSE_SOURCES__SHOP__{instance.upper()}__{name.upper()}", str(value))


def found(level: str | None = None, chosen: list[str] | None = None) -> dict[tuple[str, str], Finding]:
    """Findings by subject and check, all or those of one level."""
    findings = [finding for finding in examine(chosen) if level in (None, finding.level)]
    return {(finding.subject, finding.check): finding for finding in findings}


def only(level: str) -> Finding:
    [finding] = found(level).values()
    return finding

"""`warehouse doctor` on exports of DynamoDB: recent, old, missing, with a hole, unreadable."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipelines.contracts import contract_path, load_contract
from pipelines.runner.doctor.exports import examine_exports
from pipelines.settings import Settings
from pipelines.sources.config import config_path, load_source_config
from scripts.sample_sources.dynamodb_layout import Table

NOW = datetime(2026, 7, 31, 6)


def found(folder: Path) -> list[tuple[str, str]]:
    config = load_source_config(config_path("reading"), load_contract(contract_path("reading")))
    settings = Settings(home=folder, as_of=NOW, sources={"reading": {"main": {"url": folder.as_uri()}}})
    return [(one.level, one.said) for one in examine_exports(settings, "reading", config, "main")]


def table(folder: Path, name: str) -> Table:
    def put(key: str, content: bytes) -> None:
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return Table(name, put)


def test_each_table_is_told_by_its_chain(tmp_path):
    assert [said for _, said in found(tmp_path)] == ["no export of the table is there"] * 2
    progress, quizzes = table(tmp_path, "reading_progress"), table(tmp_path, "quiz_results")
    progress.export_full(datetime(2026, 7, 30, 2), [])
    quizzes.export_full(datetime(2026, 7, 1, 2), [])
    (level, said), (_, old) = found(tmp_path)
    assert level == "ok" and said.startswith("1 exports without a hole") and "2026-07-30 02:00" in said
    assert old.endswith("more than 2 days ago")
    progress.export_changes(datetime(2026, 7, 30, 5), datetime(2026, 7, 31, 2), [])
    assert "no export of the changes from 2026-07-30 02:00:00" in found(tmp_path)[0][1]
    next(tmp_path.rglob("manifest-summary.md5")).write_bytes(b"AAAA")
    assert [level for level, _ in found(tmp_path)] == ["failure"]

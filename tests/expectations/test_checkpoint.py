"""The process: what it writes when the checks could not be run, and that no value of a row is in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from expectations import checkpoint

PERSON = "someone@school.example"
# Long enough not to turn up by chance in a time or a random id of the pages.
ACCOUNTS = 777_000_777


@pytest.fixture
def output(tmp_path, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path))
    return tmp_path / "results.json"


def run(output: Path, *words: str) -> int:
    return checkpoint.main(["--layer", "marts", "--output", str(output), *words])


def test_no_warehouse_is_a_refusal_in_one_sentence(output):
    code = run(output, "--relation", "core.dim_dates")

    said = json.loads(output.read_text())
    assert code == 1
    assert said["refused"]["what"].startswith("There is no warehouse at")
    assert said["refused"]["advice"]


def test_an_unexpected_error_is_told_without_its_text(output, marts, monkeypatch):
    marts.close()

    def breaks(*_):
        raise ValueError(f"could not convert {PERSON}")

    monkeypatch.setattr(checkpoint, "present_columns", breaks)

    code = run(output, "--relation", "core.dim_dates")

    text = output.read_text()
    assert code == 1
    assert PERSON not in text
    assert "ValueError at checkpoint.py, line" in json.loads(text)["refused"]["what"]


def test_results_are_written_and_the_file_is_only_read(output, marts):
    marts.close()
    before = marts.path.read_bytes()

    code = run(output, "--relation", "core.dim_dates", "--relation", "core.gone")

    results = {result["relation"]: result for result in json.loads(output.read_text())["results"]}
    assert code == 0
    assert results["core.dim_dates"]["success"] is True
    assert results["core.gone"]["expectation"] == "relation_exists"
    assert marts.path.read_bytes() == before


def test_data_docs_are_written_without_a_value_of_a_row(output, marts, tmp_path):
    marts.execute(f"update core.dim_people set person_key = '{PERSON}', accounts = {ACCOUNTS}")
    marts.close()

    run(output, "--relation", "core.dim_people", "--data-docs", str(tmp_path / "data_docs"))

    pages = [path.read_text() for path in (tmp_path / "data_docs").rglob("*.html")]
    assert any("core.dim_people" in page for page in pages)
    assert not any(PERSON in page or str(ACCOUNTS) in page for page in pages)

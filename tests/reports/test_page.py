"""The page as text: what stands on it, what must not, and that a reader needs nothing else."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from pipelines.errors import ReportError, UsageError
from pipelines.reports import page, words
from pipelines.reports.figures import MOVEMENTS
from pipelines.reports.ledger import read_facts
from pipelines.reports.plots import COLOURS, DASHES, MOVEMENT_COLOURS
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.ops import create_ops
from tests.reports.stand_in import PSEUDONYM, RUN, write_home, write_marts

CSS = (PROJECT_ROOT / "pipelines" / "reports" / "templates" / "page.css").read_text(encoding="utf-8")


class Read(HTMLParser):
    """Tags with their attributes, text, and whether every element was closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br"):
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open and self._open[-1] != "style":
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def text(settings) -> str:
    return page.page_path(settings).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def read(text) -> Read:
    return Read(text)


# ---------------------------------------------------------------- what stands on it


def test_the_headline_says_what_became_of_the_run(read):
    said = " ".join(read.text.split())
    assert "! Published, with 1 problem" in said
    assert f"Run {RUN}, started 2026-08-03 05:00, took 61.5 s. As of 2026-07-31 00:00." in said


def test_sentences_are_shown_as_text(text, read):
    assert "its server did not answer (error 2003). Check host & port." in read.text
    assert "test <b>contacts</b> refer" in read.text
    assert "<b>" not in text


def test_a_small_number_of_learners_is_nowhere(text, read):
    assert "under 5" in read.text
    assert "In 1 week fewer than 5" in " ".join(read.text.split())
    row = re.search(r"2026-07-13</th>(.*?)</tr>", text, re.DOTALL)
    assert row and re.findall(r">([^<>\s][^<>]*)</td>", row[1]) == ["149", "under 5"]


def test_other_sections_say_what_ops_says(read):
    said = " ".join(read.text.split())
    for words_shown in ("bookshelf/main", "Ask the owner of the source.", "3 of 120 rows", "text_too_long"):
        assert words_shown in said
    assert "Load on each source" in said


def test_every_word_of_movements_is_explained_and_drawn(read):
    explained = read.text[read.text.index("Words") :]
    assert all(name in explained for name in MOVEMENTS)
    assert set(MOVEMENT_COLOURS) == set(MOVEMENTS)


# ---------------------------------------------------------------- what must not


def test_nobody_is_on_it(text):
    assert PSEUDONYM not in text
    assert not re.search(r"[0-9a-f]{40}", text), "no hash"
    assert "@" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL), "no address"


def test_it_refers_to_nothing_outside_itself(text, read):
    links = [value for _, attributes in read.tags for name, value in attributes.items()
             if name in ("href", "src", "xlink:href", "srcset", "action", "data", "poster")]  # fmt: skip
    assert links
    assert not [link for link in links if not re.fullmatch(r"#[\w-]+|data:,|dbt\.html", link or "")]
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", text)
    assert read.all("script") == []
    policy = next(tag["content"] for tag in read.all("meta") if "http-equiv" in tag)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_anchors_lead_somewhere_and_ids_are_there_once(read):
    ids = [attributes["id"] for _, attributes in read.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    targets = {link["href"][1:] for link in read.all("a") if (link["href"] or "").startswith("#")}
    referred = {
        attributes["aria-labelledby"] for _, attributes in read.tags if "aria-labelledby" in attributes
    }
    assert targets | referred <= set(ids)


# ---------------------------------------------------------------- for everybody


def test_it_can_be_read_without_seeing_it(read):
    assert read.all("html")[0]["lang"] == "en"
    assert all(len(read.all(landmark)) == 1 for landmark in ("main", "header", "nav", "footer", "h1"))
    assert all(tag.get("scope") in ("col", "row") for tag in read.all("th"))
    pictures = [tag for _, tag in read.tags if tag.get("role") == "img"]
    assert len(pictures) == 3 * 2
    assert all(len(tag["aria-label"] or "") > 60 for tag in pictures)
    headings = [int(tag[1]) for tag, _ in read.tags if re.fullmatch(r"h\d", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(headings))


def test_no_state_is_told_by_colour_alone(text):
    told = re.findall(r'<span class="(?:good|fair|bad|none) t">(.*?)</span>', text)
    assert told
    assert all(re.fullmatch(r"[✓!✗–] \w+", word) for word in told)


def palettes() -> dict[str, dict[str, str]]:
    """The colours of the light, the dark and the printed page."""
    found = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    light, dark, printed = (dict(re.findall(r"--(\w+): (#\w+)", block)) for block in found)
    return {"light": light, "dark": dark, "printed": light | printed}


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        full = "".join(digit * 2 for digit in colour[1:]) if len(colour) == 4 else colour[1:]
        parts = [int(full[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", ["light", "dark", "printed"])
def test_text_stands_out(name):
    colours = palettes()[name]
    for paper in ("paper", "raised"):
        for ink in ("ink", "soft", "link", "good", "fair", "bad"):
            assert contrast(colours[paper], colours[ink]) >= 4.5, (paper, ink)


def test_colours_of_plots_are_known_to_the_stylesheet_and_lines_differ_by_dash():
    for name, colours in palettes().items():
        assert set(COLOURS) <= set(colours), name
    assert {name: palettes()["light"][name] for name in COLOURS} == COLOURS
    assert len({tuple(dash) for dash in DASHES}) == len(COLOURS)


# ---------------------------------------------------------------- where and when


def test_it_is_beside_the_checkout_for_the_checkouts_own_home_and_else_in_the_home(tmp_path):
    assert page.page_path(Settings(home=PROJECT_ROOT / "var")) == (
        PROJECT_ROOT / "target" / "site" / "index.html"
    )
    assert page.page_path(Settings(home=tmp_path)) == tmp_path / "site" / "index.html"
    assert page.page_path(Settings(home=tmp_path, site=tmp_path / "x")) == tmp_path / "x" / "index.html"


def test_without_marts_and_without_a_landing_it_is_sentences(tmp_path):
    settings = Settings(home=tmp_path)
    with open_warehouse(settings) as warehouse:
        create_ops(warehouse)
        start = warehouse.value("select timestamp '2026-08-03 05:00:00'")
        run = {"run_id": "r", "started_at": start, "as_of": start, "outcome": "failed", "exit_code": 1}
        warehouse.insert("ops.runs", [run])
    said = " ".join(Read(page.write_page(settings).read_text(encoding="utf-8")).text.split())
    for sentence in (
        "✗ Failed", "Nothing has been published yet.", "This run landed nothing.", "No row waits.",
        "no platform with learners", "no platform with subscriptions", "No source has been landed yet.",
        "This run checked nothing.",
    ):  # fmt: skip
        assert sentence in said


def test_a_failed_run_says_whose_marts_are_published(tmp_path):
    settings = Settings(home=tmp_path)
    write_home(settings)
    with open_warehouse(settings) as warehouse:
        warehouse.execute("update ops.runs set run_id = 'late', outcome = 'failed' where run_id = ?", [RUN])
    said = " ".join(Read(page.write_page(settings).read_text(encoding="utf-8")).text.split())
    assert "The last good marts stay published." in said
    assert f"They are of run {RUN}, as of 2026-07-31 00:00, published 2026-08-03 06:00." in said


def test_a_platform_without_the_other_has_one_plot(tmp_path):
    settings = Settings(home=tmp_path)
    write_home(settings)
    write_marts(settings.published_file, customers=False)
    read = Read(page.write_page(settings).read_text(encoding="utf-8"))
    assert len(read.all("figure")) == 1
    assert "no platform with subscriptions" in read.text


def test_readers_never_see_half_and_nothing_is_left_behind(settings):
    before = page.page_path(settings).stat().st_ino
    page.write_page(settings)
    assert page.page_path(settings).stat().st_ino != before
    assert [found.name for found in settings.site_folder.iterdir()] == ["index.html"]


def test_what_could_not_be_written_whole_leaves_the_old_one_and_nothing_else(tmp_path):
    path = tmp_path / "index.html"
    page.put_in_place(path, "old")
    code = (
        "import resource, sys; from pathlib import Path; from pipelines.reports.page import put_in_place; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); put_in_place(Path(sys.argv[1]), 'x' * 2000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False, cwd=PROJECT_ROOT
    )
    assert "could not be written (File too large)" in done.stderr
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    settings = Settings(home=tmp_path, site=tmp_path / "file")
    write_home(settings)
    settings.published_file.unlink()  # nothing to draw
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ReportError, match="could not be written"):
        page.write_page(settings)


def test_before_the_first_run_there_is_no_page(tmp_path):
    with pytest.raises(UsageError, match="There is no warehouse"):
        page.write_page(Settings(home=tmp_path))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3725, "1 h 2 min"), (190000, "2 d 4 h"), (-5, "0 s")],
)
def test_an_age_has_two_units(settings, seconds, said):
    assert words.age(timedelta(seconds=seconds)) == said


def test_every_outcome_of_a_run_has_words():
    code = (PROJECT_ROOT / "pipelines" / "runner" / "run.py").read_text(encoding="utf-8")
    told = set(re.findall(r'outcome(?:, page)? = "(\w+)"', code)) | set(
        re.findall(r"outcome = '(\w+)'", code)
    )
    assert told >= {"failed", "published", "unchanged", "killed"}
    assert told | {"done", "running"} == set(words.OUTCOMES)


def test_facts_of_the_stand_in_are_those_of_its_page(settings, read):
    """The counters on top, from ops itself."""
    with open_warehouse(settings, read_only=True) as warehouse:
        facts = read_facts(warehouse)
    shown = re.findall(r"(rows read|rows landed|waiting in quarantine|checks passed)\s*([\d,]+)", read.text)
    assert dict(shown) == {
        "rows read": f"{facts.run['rows_read']:,}", "rows landed": f"{facts.run['rows_landed']:,}",
        "waiting in quarantine": "2", "checks passed": "3",
    }  # fmt: skip

"""A real headless Chromium that looks at a file: what it measured, what it painted, what it asked for."""

from __future__ import annotations

import html
import json
import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NOT_INSTALLED = "server: chromium not installed"
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-default-apps", "--hide-scrollbars", "--force-device-scale-factor=1",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
# What a person would see of each plot: where it is, how large, how many shapes with a size are in it.
_MEASURE = """<script>
const all = (within, what) => [...within.querySelectorAll(what)];
const seen = e => { const r = e.getBoundingClientRect(); return r.width > 0 || r.height > 0; };
const box = e => { const r = e.getBoundingClientRect(); return [r.x, r.y + scrollY, r.width, r.height]; };
const plot = p => ({
  size: p.className,
  box: box(p.querySelector('svg')),
  marks: all(p, '.mark-line path, .mark-rect path').filter(seen).length,
  text: all(p, 'text').filter(seen).map(t => [t.textContent, t.getBoundingClientRect().height]),
});
const style = getComputedStyle(document.body);
const rows = t => [...t.rows].map(r => [...r.cells].map(c => c.textContent.trim()));
parent.postMessage(JSON.stringify({
  width: innerWidth, scroll: document.documentElement.scrollWidth,
  paper: style.backgroundColor, ink: style.color,
  plots: all(document, 'figure').map(f => all(f, '.plot').filter(seen).map(plot)),
  tables: Object.fromEntries(all(document, 'table').map(t => [t.id, rows(t)])),
}), '*');
</script>"""
# Chromium's own window is never narrower than 500 pixels; a frame is.
_FRAME = """<!doctype html><script>
onmessage = message => document.body.setAttribute('data-told', message.data);
</script><body><iframe style="border: 0; width: {width}px; height: 4000px" srcdoc="{page}"></iframe>"""


class Browser:
    """Chromium with a profile of its own in `folder`; nothing it wants to look up is found."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def measure(self, page: Path, width: int, *more: str) -> dict[str, Any]:
        """Geometry and tables of a copy of the page that carries a measuring script."""
        text, policies = _POLICY.subn("", page.read_text(encoding="utf-8"))
        assert policies == 1, "the page says that it fetches and runs nothing"
        measured = html.escape(text.replace("</body>", f"{_MEASURE}</body>"))
        frame = self._folder / "frame.html"
        frame.write_text(_FRAME.format(width=width, page=measured), encoding="utf-8")
        dom = self._run(frame, "--window-size=1200,4000", "--virtual-time-budget=5000", "--dump-dom", *more)
        told = re.search(r'data-told="([^"]*)"', dom)
        assert told, dom[-2000:]
        return json.loads(html.unescape(told[1]))

    def screenshot(self, page: Path, width: int, box: list[float]) -> Picture:
        """What is painted in that box (x, y, width, height) when the window is `width` wide."""
        path, frame = self._folder / "page.png", self._folder / "part.html"
        left, top, *size = (round(number) for number in box)
        frame.write_text(
            '<!doctype html><body style="margin: 0; overflow: hidden">'
            f'<iframe src="{page.resolve().as_uri()}" style="border: 0; width: {width}px; height: 9000px; '
            f'margin: -{top}px 0 0 -{left}px"></iframe>'
        )
        self._run(frame, f"--window-size={size[0]},{size[1]}", f"--screenshot={path}")
        return Picture(path.read_bytes())

    def dom_and_requests(self, page: Path) -> tuple[str, list[str]]:
        """The document after its scripts ran, and the addresses that it asked for meanwhile.

        Chromium asks for things of its own, which have no document behind them.
        """
        path = self._folder / "net.json"
        dom = self._run(page, f"--log-net-log={path}", "--virtual-time-budget=5000", "--dump-dom")
        log = json.loads(path.read_text(encoding="utf-8"))
        asked = [event["params"] for event in log["events"] if "url" in event.get("params", {})]
        return dom, sorted({one["url"] for one in asked if "file:" in one.get("network_isolation_key", "")})

    def _run(self, page: Path, *more: str) -> str:
        assert CHROMIUM
        command = [
            CHROMIUM,
            *_FLAGS,
            f"--user-data-dir={self._folder / 'profile'}",
            *more,
            page.resolve().as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout


class Picture:
    """A PNG of 8 bits a channel, as Chromium writes it."""

    def __init__(self, png: bytes) -> None:
        self.width, self.height, depth, colours, _, _, interlaced = struct.unpack(">IIBBBBB", png[16:29])
        self._channels = {2: 3, 6: 4}[colours]
        assert (depth, interlaced) == (8, 0)
        self._rows = self._unfiltered(zlib.decompress(self._data(png)))

    def share(self, colour: tuple[int, int, int]) -> float:
        """Share of the pixels that have exactly this colour."""
        step, want = self._channels, bytes(colour)
        hits = sum(row[place : place + 3] == want for row in self._rows for place in range(0, len(row), step))
        return hits / (self.width * self.height)

    @staticmethod
    def _data(png: bytes) -> bytes:
        found, place = b"", 8
        while place < len(png):
            (length,) = struct.unpack(">I", png[place : place + 4])
            if png[place + 4 : place + 8] == b"IDAT":
                found += png[place + 8 : place + 8 + length]
            place += length + 12
        return found

    def _unfiltered(self, data: bytes) -> list[bytearray]:
        """Rows of bytes; the filters are those of the PNG specification, 9.2."""
        step, size, rows = self._channels, self.width * self._channels, []
        before = bytearray(size)
        for start in range(0, len(data), size + 1):
            kind, row = data[start], bytearray(data[start + 1 : start + 1 + size])
            for place in range(size) if kind else ():
                left = row[place - step] if place >= step else 0
                up, corner = before[place], before[place - step] if place >= step else 0
                guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
                row[place] = (row[place] + guess) & 255
            rows.append(row)
            before = row
        return rows


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))

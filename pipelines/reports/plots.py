"""Plots as SVG text for the page: drawn by Vega (altair describes, vl-convert draws), without a browser.

An SVG holds no script, no reference and no font of its own. Colours are written as the light palette below;
the page's stylesheet maps each to a dark one, and text takes the page's own colour. Every plot comes twice,
wide and narrow, because an SVG that is scaled down to a phone cannot be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pipelines.reports.figures import MOVEMENTS, Learners, Movements

# Okabe and Ito's colours, told apart with every kind of colour vision; lines also differ by their dashes.
COLOURS = {
    "blue": "#0072b2",
    "vermillion": "#d55e00",
    "green": "#009e73",
    "purple": "#cc79a7",
    "sky": "#56b4e9",
    "orange": "#e69f00",
}
SERIES = tuple(COLOURS.values())
DASHES = ([1, 0], [6, 3], [2, 3], [9, 3, 2, 3], [4, 2], [1, 4])
MOVEMENT_COLOURS = {
    name: COLOURS[colour]
    for name, colour in zip(MOVEMENTS, ("blue", "sky", "green", "orange", "vermillion"), strict=True)
}
_TEXT = {
    "labelColor": "currentColor",
    "titleColor": "currentColor",
    "labelFontSize": 12,
    "titleFontSize": 12,
    "titleFontWeight": "normal",
}
_LINES = {
    "domainColor": "currentColor",
    "tickColor": "currentColor",
    "gridColor": "currentColor",
    "gridOpacity": 0.15,
}
_SVG_TAG = re.compile(r"<svg [^>]*viewBox=\"([^\"]+)\"[^>]*>")


@dataclass(frozen=True)
class Size:
    """Of the plotting area, in CSS pixels, axes not counted."""

    name: str
    width: int
    height: int
    months_a_tick: int


WIDE, NARROW = Size("wide", 700, 240, 1), Size("narrow", 285, 220, 4)


@dataclass(frozen=True)
class Swatch:
    """One entry of a legend; `dash` is an SVG dash array, empty for a bar."""

    name: str
    colour: str
    dash: str = ""


@dataclass(frozen=True)
class Plot:
    """`svgs` by size; `label` says in one sentence what a reader would see."""

    label: str
    legend: list[Swatch]
    svgs: dict[str, str]


def learners_plot(learners: Learners) -> Plot:
    """One line a platform; weeks below the smallest number that is shown are gaps."""
    legend = [
        Swatch(platform, SERIES[place % len(SERIES)], " ".join(map(str, DASHES[place % len(DASHES)])))
        for place, platform in enumerate(learners.platforms)
    ]
    svgs = {size.name: _svg(_learners_chart(learners, size)) for size in (WIDE, NARROW)}
    return Plot(learners.sentence, legend, svgs)


def movements_plot(movements: Movements) -> Plot:
    """Bars stacked upwards for value won and downwards for value lost, in one currency."""
    legend = [Swatch(name, colour) for name, colour in MOVEMENT_COLOURS.items()]
    svgs = {size.name: _svg(_movements_chart(movements, size)) for size in (WIDE, NARROW)}
    return Plot(movements.sentence, legend, svgs)


def _learners_chart(learners: Learners, size: Size) -> Any:
    import altair as alt

    places = learners.platforms
    rows = [
        {"week": week.isoformat(), "platform": platform, "learners": count}
        for platform, counts in learners.shown.items()
        for week, count in counts.items()
    ]
    colour = alt.Scale(domain=places, range=[SERIES[n % len(SERIES)] for n in range(len(places))])
    dash = alt.Scale(domain=places, range=[DASHES[n % len(DASHES)] for n in range(len(places))])
    value_axis = alt.Axis(tickCount=5, tickMinStep=1, format=",.0f")
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_line(strokeWidth=2, invalid="break-paths-show-domains")
        .encode(
            x=alt.X("week:T", title="week, by its Monday (UTC)", axis=_time_axis(size), scale=_utc()),
            y=alt.Y("learners:Q", title="learners active in the week", axis=value_axis),
            color=alt.Color("platform:N", scale=colour, legend=None),
            strokeDash=alt.StrokeDash("platform:N", scale=dash, legend=None),
        )
        .properties(width=size.width, height=size.height)
    )


def _movements_chart(movements: Movements, size: Size) -> Any:
    import altair as alt

    rows = [
        {"month": month.isoformat(), "movement": name, "value": float(value), "place": place}
        for month, values in movements.months.items()
        for place, (name, value) in enumerate(values.items())
        if value
    ]
    bar = max(2, round(size.width / (len(movements.months) + 1) * 0.75))
    span = [month.isoformat() for month in (min(movements.months), max(movements.months))]
    colour = alt.Scale(domain=list(MOVEMENT_COLOURS), range=list(MOVEMENT_COLOURS.values()))
    value_axis = alt.Axis(tickCount=6, format="~s")
    title = f"annual value, {movements.currency}"
    bars = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(size=bar, stroke="currentColor", strokeWidth=0.5)
        .encode(
            x=alt.X("month:T", title="month", axis=_time_axis(size), scale=_utc(domain=span, padding=bar)),
            y=alt.Y("value:Q", title=title, axis=value_axis),
            color=alt.Color("movement:N", scale=colour, legend=None),
            order=alt.Order("place:Q"),
        )
    )
    zero = alt.Chart(alt.Data(values=[{"value": 0}])).mark_rule(color="currentColor").encode(y="value:Q")
    return (bars + zero).properties(width=size.width, height=size.height)


def _utc(**more: Any) -> Any:
    """A scale of time on which a day begins where the warehouse's days do, wherever the machine is."""
    import altair as alt

    return alt.Scale(type="utc", **more)


def _time_axis(size: Size) -> Any:
    import altair as alt

    label = "utcFormat(datum.value, utcFormat(datum.value, '%m') == '01' ? '%b %Y' : '%b')"
    return alt.Axis(tickCount={"interval": "month", "step": size.months_a_tick}, labelExpr=label, grid=False)


def _svg(chart: Any) -> str:
    """Vega-Lite to SVG; the page gives the SVG its name, so Vega's own labels of each mark are left out."""
    import vl_convert

    configured = (
        chart.configure(background="transparent", font="system-ui, sans-serif", aria=False)
        .configure_view(stroke=None)
        .configure_axis(**_TEXT, **_LINES)
    )
    return _SVG_TAG.sub(
        r'<svg viewBox="\1" focusable="false" aria-hidden="true">',
        vl_convert.vegalite_to_svg(configured.to_dict()),
        count=1,
    )

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
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
DASHES = ([1, 0], [6, 3], [2, 3], [9, 3, 2, 3], [4, 2], [1, 4])
MOVEMENT_COLOURS = dict(zip(MOVEMENTS, ("#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00"), strict=True))
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
    """Of the plotting area, in CSS pixels, axes and legend not counted."""

    name: str
    width: int
    height: int
    legend_columns: int


WIDE, NARROW = Size("wide", 680, 240, 6), Size("narrow", 270, 220, 2)


@dataclass(frozen=True)
class Plot:
    """`svgs` by size; `label` says in one sentence what a reader would see."""

    label: str
    svgs: dict[str, str]


def learners_plot(learners: Learners) -> Plot:
    """One line a platform; weeks below the smallest number that is shown are gaps."""
    return Plot(
        learners.sentence,
        {size.name: _svg(_learners_chart(learners, size)) for size in (WIDE, NARROW)},
    )


def movements_plot(movements: Movements) -> Plot:
    """Bars stacked upwards for value won and downwards for value lost, in one currency."""
    return Plot(
        movements.sentence,
        {size.name: _svg(_movements_chart(movements, size)) for size in (WIDE, NARROW)},
    )


def _learners_chart(learners: Learners, size: Size) -> Any:
    import altair as alt

    places = learners.platforms
    rows = [
        {"week": week.isoformat(), "platform": platform, "learners": count}
        for platform, counts in learners.shown.items()
        for week, count in counts.items()
    ]
    legend = alt.Legend(
        title=None, orient="top", columns=size.legend_columns, symbolStrokeWidth=2.5, symbolSize=300
    )
    colour = alt.Scale(domain=places, range=[SERIES[n % len(SERIES)] for n in range(len(places))])
    dash = alt.Scale(domain=places, range=[DASHES[n % len(DASHES)] for n in range(len(places))])
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_line(strokeWidth=2, interpolate="linear", invalid="break-paths-show-domains")
        .encode(
            x=alt.X(
                "week:T",
                title="week beginning on Monday, UTC",
                axis=_time_axis(size),
                scale=alt.Scale(type="utc"),
            ),
            y=alt.Y("learners:Q", title="learners in the week", axis=alt.Axis(tickCount=5, format=",.0f")),
            color=alt.Color("platform:N", scale=colour, legend=legend),
            strokeDash=alt.StrokeDash("platform:N", scale=dash, legend=legend),
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
    legend = alt.Legend(title=None, orient="top", columns=size.legend_columns, symbolType="square")
    colour = alt.Scale(domain=list(MOVEMENTS), range=list(MOVEMENT_COLOURS.values()))
    first, last = min(movements.months), max(movements.months)
    bar = max(2, round(size.width / (len(movements.months) + 1) * 0.8))
    span = alt.Scale(type="utc", domain=[first.isoformat(), last.isoformat()], padding=bar)
    bars = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(size=bar)
        .encode(
            x=alt.X("month:T", title="month", axis=_time_axis(size), scale=span),
            y=alt.Y(
                "value:Q",
                title=f"annual value, {movements.currency}",
                axis=alt.Axis(tickCount=6, format="~s"),
            ),
            color=alt.Color("movement:N", scale=colour, sort=list(MOVEMENTS), legend=legend),
            order=alt.Order("place:Q"),
        )
    )
    zero = alt.Chart(alt.Data(values=[{"value": 0}])).mark_rule(color="currentColor").encode(y="value:Q")
    return (bars + zero).properties(width=size.width, height=size.height)


def _time_axis(size: Size) -> Any:
    import altair as alt

    label = "utcFormat(datum.value, utcFormat(datum.value, '%m') == '01' ? '%b %Y' : '%b')"
    return alt.Axis(
        tickCount={"interval": "month", "step": 1 if size is WIDE else 4}, labelExpr=label, grid=False
    )


def _svg(chart: Any) -> str:
    """Vega-Lite to SVG; the page gives the SVG its name, so Vega's own labels of each mark are left out."""
    import vl_convert

    configured = (
        chart.configure(background="transparent", font="system-ui, sans-serif", aria=False)
        .configure_view(stroke=None)
        .configure_axis(**_TEXT, **_LINES)
        .configure_legend(labelColor="currentColor", labelFontSize=12)
    )
    return _SVG_TAG.sub(
        r'<svg viewBox="\1" focusable="false">', vl_convert.vegalite_to_svg(configured.to_dict()), count=1
    )

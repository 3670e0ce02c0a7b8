"""What stands around curves: axes, title, names at the lines' ends; and what a curve is."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from s2s.plots.families import Family
from s2s.plots.labels import fit, text_width
from s2s.plots.palette import Palette
from s2s.text.language import N_, tr
from s2s.text.numbers import power_of_ten

HEIGHT = 230
LABEL, LABEL_HEIGHT, LONGEST_NAME = 13, 15, 110
"""Px: size of a line's name, room it needs, its greatest width."""
FEW_NAMES = 6
"""Up to so many lines all are named, their names spread apart where they meet."""
NEAR, LEADER = 8, 24
"""Px: a name further than this from its line's end gets a thin line to it, of this width."""
TITLE_ROOMS = (200, 240, 280, 320, 370, 420, 480, 540, 620, 700)
"""Px for which a title is set; the browser takes the one that fits."""


@dataclass(frozen=True)
class Point:
    """A place on a line; `low` and `high` are the smallest and largest of its seeds."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """One line.

    Attributes:
        name: what stands at its end; any text.
        family: of its model.
        points: in rising x.
        seeds: how many runs it is the mean of.
        front: the model that the figure is about.
        light: a second line of the front model, drawn thinner with hollow marks.
    """

    name: str
    family: Family
    points: tuple[Point, ...]
    seeds: int = 1
    front: bool = False
    light: bool = False


@dataclass(frozen=True)
class Frame:
    """What a figure of curves says about itself.

    Attributes:
        title: a sentence with the unit.
        x: what runs from left to right, in one or two words.
        digits: behind the point, where a number is read.
        bounds: the y axis begins and ends here where the numbers do not ask for more.
        log: a logarithmic y axis.
        unit: after a number.
        band: what `low` and `high` of a point are; else the smallest and largest of its seeds.
    """

    title: str
    x: str = N_("epoch")
    digits: int = 2
    bounds: tuple[float | None, float | None] = (None, None)
    log: bool = False
    unit: str = ""
    band: str = ""


def y_domain(curves: Sequence[Curve], frame: Frame) -> tuple[float, float]:
    """Where the y axis begins and ends: round numbers around all that is drawn."""
    values = [v for curve in curves for p in curve.points for v in (p.y, p.low, p.high)]
    low, high = min(values), max(values)
    if frame.log:
        values += [bound for bound in frame.bounds if bound is not None]
        positive = [value for value in values if value > 0] or [1.0]
        return (
            10.0 ** math.floor(math.log10(min(positive))),
            10.0 ** math.ceil(math.log10(max(max(positive), min(positive) * 1.0001))),
        )
    low = low if frame.bounds[0] is None else min(low, frame.bounds[0])
    high = high if frame.bounds[1] is None else max(high, frame.bounds[1])
    if low == high:
        low, high = low - 0.5, high + 0.5
    step = _round_step((high - low) / 4)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def _round_step(rough: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * f for f in (1, 2, 2.5, 5, 10) if power * f >= rough * 0.999)


def reach_of(curves: Sequence[Curve]) -> int:
    """Px of the widest name at a line's end."""
    return round(max(text_width(fit(c.name, LONGEST_NAME, LABEL), LABEL, c.front) for c in curves))


def beside_lines(curves: Sequence[Curve]) -> int:
    """Px left and right of the lines: the axis, and the names at the lines' ends."""
    return 40 + reach_of(curves)


def wrapped(title: str) -> str:
    """A title as an expression: broken into lines by the room that the figure really has."""
    choices = [
        (room, json.dumps(lines_of(title, room), ensure_ascii=False)) for room in TITLE_ROOMS
    ]
    text = choices[-1][1]
    for (_, lines), (wider, _) in reversed(list(pairwise(choices))):
        text = f"room < {wider} ? {lines} : ({text})"
    return text


def lines_of(text: str, room: float) -> list[str]:
    """A title, broken between words where it would be wider than so many px."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, 15, bold=True) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def axes_of(
    curves: Sequence[Curve], frame: Frame, palette: Palette, domain: tuple[float, float]
) -> dict[str, dict[str, Any]]:
    """The x and y of every layer."""
    xs = [p.x for curve in curves for p in curve.points]
    label: dict[str, Any] = {
        "labelColor": palette.muted, "labelFontSize": 12, "titleColor": palette.muted,
        "titleFontSize": 12, "titleFontWeight": "normal", "domain": False, "ticks": False,
        "labelPadding": 6,
    }  # fmt: skip
    tick = {} if frame.log else {"tickCount": 5}
    return {
        "x": {
            "type": "quantitative",
            "scale": {"domain": [min(xs), max(max(xs), min(xs) + 1)], "nice": False,
                      "zero": False, "padding": 8},
            "axis": {**label, "grid": False, "title": tr(frame.x), "tickMinStep": 1, "format": "d",
                     "tickCount": {"expr": "max(2, floor(width / 50))"}},
        },
        "y": {
            "type": "quantitative",
            "scale": {"domain": list(domain), "nice": False, "zero": False,
                      **({"type": "log"} if frame.log else {})},
            "axis": {**label, **tick, "grid": True, "gridColor": palette.line, "title": None,
                     **_log_labels(frame, domain)},
        },
    }  # fmt: skip


def _log_labels(frame: Frame, domain: tuple[float, float]) -> dict[str, Any]:
    """Powers of ten only: 0.1, 0.01, then 10⁻³."""
    if not frame.log:
        return {}
    first, last = (round(math.log10(end)) for end in domain)
    every = max(1, math.ceil((last - first) / 6))
    names = {power: power_of_ten(power) for power in range(first, last + 1, every)}
    texts = json.dumps(list(names.values()), ensure_ascii=False)
    return {
        "values": [10.0**power for power in names],
        "labelExpr": f"{texts}[round((log(datum.value) / LN10 - {first}) / {every})]",
    }


def names_of(
    curves: Sequence[Curve],
    frame: Frame,
    palette: Palette,
    domain: tuple[float, float],
    axes: dict[str, dict[str, Any]],
) -> list[dict[str, Any]]:
    """Each line's name at its end, spread apart where ends meet; the front's are always there.

    Of many lines behind, those whose names would lie on others get none: hovering names them.
    """
    kept: list[Curve] = []
    ends: list[float] = []
    for curve in sorted(curves, key=lambda curve: not curve.front):
        end = _pixel(curve.points[-1].y, domain, frame.log)
        free = all(abs(end - other) >= LABEL_HEIGHT for other in ends)
        if curve.front or free or len(curves) <= FEW_NAMES:
            kept.append(curve)
            ends.append(end)
    places = spread_apart(ends)
    values = [
        {
            "text": fit(curve.name, LONGEST_NAME, LABEL),
            "name": curve.name,
            "x": curve.points[-1].x,
            "end": end,
            "place": place,
            "ink": curve.family.colour(palette) if curve.front else palette.muted,
            "weight": "bold" if curve.front and not curve.light else "normal",
        }
        for curve, end, place in zip(kept, ends, places, strict=True)
    ]
    moved = any(abs(end - place) > NEAR for end, place in zip(ends, places, strict=True))
    x = {"field": "x", **axes["x"]}
    names = {
        "data": {"values": values},
        "mark": {
            "type": "text", "align": "left", "baseline": "middle", "dx": LEADER if moved else 9,
            "fontSize": LABEL, "y": {"expr": "datum.place"},
            "fontWeight": {"expr": "datum.weight"}, "aria": False,
        },
        "encoding": {
            "x": x,
            "text": {"field": "text", "type": "nominal"},
            "color": {"field": "ink", "type": "nominal", "scale": None, "legend": None},
        },
    }  # fmt: skip
    if not moved:
        return [names]
    # A rule cannot slant between two offsets, a line can.
    ends_of = [
        {"name": row["name"], "x": row["x"], "dx": dx, "at": row[key]}
        for row in values
        for dx, key in ((5, "end"), (LEADER - 3, "place"))
    ]
    leaders = {
        "data": {"values": ends_of},
        "mark": {
            "type": "line", "color": palette.bar, "strokeWidth": 1, "aria": False,
            "xOffset": {"expr": "datum.dx"}, "y": {"expr": "datum.at"},
        },
        "encoding": {
            "x": x,
            "detail": {"field": "name", "type": "nominal"},
            "order": {"field": "dx", "type": "quantitative"},
        },
    }  # fmt: skip
    return [leaders, names]


def _pixel(value: float, domain: tuple[float, float], log: bool) -> float:
    low, high = domain
    if log:
        value, low, high = (math.log10(max(v, low)) for v in (value, low, high))
    return HEIGHT * (high - value) / (high - low)


def spread_apart(places: Sequence[float]) -> list[float]:
    """Move places, in px from the top, until each has its room; none leaves the figure."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = [float(place) for place in places]
    before = -math.inf
    for i in order:
        moved[i] = before = max(moved[i], before + LABEL_HEIGHT)
    after = float(HEIGHT + LABEL_HEIGHT)
    for i in reversed(order):
        moved[i] = after = min(moved[i], after - LABEL_HEIGHT)
    return moved

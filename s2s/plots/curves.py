"""Lines over epochs or lengths: one model in front, others faded behind, names at the lines' ends.

Several seeds are one line, their mean, with a band from the smallest to the largest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from s2s.plots.base import Chart, base_spec, short
from s2s.plots.curve_frame import (
    HEIGHT,
    Curve,
    Frame,
    Point,
    axes_of,
    names_of,
    wrapped,
    y_domain,
)
from s2s.plots.palette import LIGHT, Palette
from s2s.text.language import tr
from s2s.text.numbers import number

__all__ = ["Curve", "Frame", "Point", "curves_chart"]

MOST_MARKS = 24
"""A line with more points has a mark at every n-th."""
FADED = 0.45


def curves_chart(
    curves: Sequence[Curve], frame: Frame, palette: Palette = LIGHT, width: int = 560
) -> Chart:
    """Draw curves; the data rows of a line's marks are ``x``, ``y``, ``name`` and ``says``.

    Args:
        curves: in any order, with at least one point in all.
        frame: title and axes.
        palette: the theme's colours.
        width: px, for a figure outside a page; a page stretches it.

    Raises:
        ValueError: there is nothing to draw.
    """
    shown = [curve for curve in curves if curve.points]
    if not shown:
        raise ValueError(f"{frame.title}: no curve has a point")
    shown.sort(key=lambda curve: (curve.front, not curve.light))
    low, high = y_domain(shown, frame)
    axes = axes_of(shown, frame, palette, (low, high))
    layers: list[dict[str, Any]] = []
    for curve in shown:
        layers += _line(curve, frame, palette, axes, hollow=_second(curve, shown))
    layers += names_of(shown, frame, palette, (low, high), axes)
    return Chart(
        base_spec(palette)
        | {
            "width": width,
            "height": HEIGHT,
            "title": {"text": {"expr": wrapped(frame.title)}, "offset": 14, "limit": 0},
            "layer": layers,
        }
    )  # fmt: skip


def _second(curve: Curve, curves: Sequence[Curve]) -> bool:
    """Whether a model before it in the figure has the same family: its marks are hollow."""
    if curve.light:
        return True
    return not curve.front and any(other.front and other.family == curve.family for other in curves)


def _rows(curve: Curve, frame: Frame) -> Iterator[dict[str, Any]]:
    every = math.ceil(len(curve.points) / MOST_MARKS)
    last = len(curve.points) - 1
    for place, p in enumerate(curve.points):
        value = f"{number(p.y, frame.digits)}{frame.unit}"
        if curve.seeds > 1 or frame.band:
            value = tr(
                "{value} ({low} to {high}, {band})", value=value, low=number(p.low, frame.digits),
                high=number(p.high, frame.digits),
                band=frame.band or tr("{n} seeds", n=curve.seeds),
            )  # fmt: skip
        yield {
            "x": p.x, "y": short(p.y), "name": curve.name,
            "value": value, "marked": (last - place) % every == 0,
            "says": f"{curve.name}, {tr(frame.x)} {p.x:g}: {value}",
        }  # fmt: skip


def _line(
    curve: Curve, frame: Frame, palette: Palette, axes: dict[str, dict[str, Any]], hollow: bool
) -> list[dict[str, Any]]:
    """Band, line and marks of one curve."""
    colour = curve.family.colour(palette)
    rows = list(_rows(curve, frame))
    if frame.log:
        rows = [row for row in rows if row["y"] > 0]
    x, y = {"field": "x", **axes["x"]}, {"field": "y", **axes["y"]}
    opacity = 1.0 if curve.front else FADED
    layers: list[dict[str, Any]] = []
    if curve.front and (curve.seeds > 1 or frame.band) and not curve.light:
        spread = [{"x": p.x, "low": short(p.low), "high": short(p.high)} for p in curve.points
                  if not frame.log or p.y > 0]  # fmt: skip
        layers.append({
            "data": {"values": spread},
            "mark": {"type": "area", "color": colour, "opacity": 0.16, "aria": False},
            "encoding": {"x": x, "y": {"field": "low", **axes["y"]}, "y2": {"field": "high"}},
        })  # fmt: skip
    layers.append({
        "data": {"values": [{"x": row["x"], "y": row["y"]} for row in rows]},
        "mark": {
            "type": "line", "color": colour, "opacity": opacity, "aria": False,
            "strokeWidth": 2.5 if curve.front and not curve.light else 1.5,
            "strokeDash": list(curve.family.dash), "strokeCap": "butt",
        },
        "encoding": {"x": x, "y": y},
    })  # fmt: skip
    # A faded line has one mark, at its end; it can be read everywhere all the same.
    seen = "datum.marked" if curve.front else f"datum.x == {curve.points[-1].x}"
    layers.append({
        "data": {"values": rows},
        "mark": {
            "type": "point", "shape": curve.family.shape, "size": 46 if curve.front else 26,
            "stroke": colour, "fill": palette.background if hollow else colour, "strokeWidth": 1.5,
            "opacity": {"expr": f"{seen} ? {max(opacity, 0.7)} : 0"},
        },
        "encoding": {
            "x": x, "y": y,
            "tooltip": [
                {"field": "name", "type": "nominal", "title": tr("model")},
                {"field": "x", "type": "quantitative", "title": tr(frame.x)},
                {"field": "value", "type": "nominal", "title": tr("value")},
            ],
            "description": {"field": "says", "type": "nominal"},
        },
    })  # fmt: skip
    return layers

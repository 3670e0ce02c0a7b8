"""Figures of one step's arithmetic: vectors as strips, weights and candidates as bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2s.plots.attention_map import MANY
from s2s.plots.base import LONGEST_LABEL, Chart, base_spec
from s2s.plots.labels import fit, spoken, text_width
from s2s.plots.palette import LIGHT, Palette, on_colour, scale_colour
from s2s.results.terms import WHOLE
from s2s.text.language import tr
from s2s.text.numbers import number

SIZE = 13
STRIPS = 260
"""Px: about this high are all strips of a figure together."""
ROW = (7, 30)
GAP = 0.4
"""Of a row, between groups of strips."""


@dataclass(frozen=True, eq=False)
class Strip:
    """One vector.

    Attributes:
        name: on the left; tokens in it as `s2s.text.label` shows them.
        values: [N].
        group: strips of another group stand apart.
        strong: the name is bold.
    """

    name: str
    values: np.ndarray
    group: int = 0
    strong: bool = False


def strips_chart(strips: Sequence[Strip], palette: Palette = LIGHT, width: int = 480) -> Chart:
    """Draw vectors as rows of coloured cells on one signed scale, symmetric about 0.

    Up to `WHOLE` numbers a row they stand in the cells as well. The data rows of the first layer
    are ``row``, ``name`` and ``values``, as exact as a cell and its tooltip can show.

    Args:
        strips: of one length, or shorter ones side by side in one row.
        palette: the theme's colours.
        width: px, for a figure outside a page; a page stretches it.
    """
    size = max(len(strip.values) for strip in strips)
    whole = size <= 2 * WHOLE
    most = max(float(np.abs(strip.values).max()) for strip in strips) or 1.0
    height = min(max(STRIPS / len(strips), ROW[0]), ROW[1])
    tops, top = [], 0.0
    for place, strip in enumerate(strips):
        if place and strip.group != strips[place - 1].group:
            top += GAP if height > 20 else 1.0
        tops.append(top)
        top += 1
    rows = [
        {"row": r, "name": s.name, "top": t, "bottom": t + 1, "count": len(s.values),
         "values": _written(s.values, most)}
        for r, (s, t) in enumerate(zip(strips, tops, strict=True))
    ]  # fmt: skip
    x = {"type": "quantitative", "axis": None,
         "scale": {"domain": [0, 1], "nice": False, "zero": False}}  # fmt: skip
    y = {"type": "quantitative", "axis": None,
         "scale": {"domain": [top, 0], "nice": False, "zero": False}}  # fmt: skip
    layers = [_cells(rows, palette, most, x, y, height), _names(strips, tops, palette, y, height)]
    if whole:
        layers.append(_numbers(rows, palette, most, x, y))
    spec = base_spec(palette) | {
        "width": width, "height": round(height * top), "layer": layers,
    }  # fmt: skip
    if sum(len(s.values) for s in strips) > MANY:
        spec["usermeta"] = {**spec["usermeta"], "embedOptions": {"renderer": "canvas"}}
    return Chart(spec)


def _written(values: np.ndarray, most: float) -> list[float]:
    """The numbers to three places; to more where all of them are small."""
    digits = max(3, 2 - math.floor(math.log10(most))) if math.isfinite(most) else 3
    return np.round(values.astype(float), digits).tolist()


def _cells(
    rows: list[dict[str, Any]], palette: Palette, most: float, x: Any, y: Any, height: float
) -> dict[str, Any]:
    colours = palette.signed_scale
    last = len(colours) - 1
    gap = 1 if height > 12 else 0.25
    return {
        "data": {"values": rows},
        # A row of data per vector, spread in the browser: a tenth of the size.
        "transform": [
            {"flatten": ["values"], "as": ["value"]},
            {"window": [{"op": "row_number", "as": "unit"}], "groupby": ["row"]},
            {"calculate": "(datum.unit - 1) / datum.count", "as": "left"},
            {"calculate": "datum.unit / datum.count", "as": "right"},
            {"calculate": "replace(format(datum.value, '.3f'), '-', '−')", "as": "number"},
            {"calculate": spoken(tr("{vector}, unit {n}: {number}"), vector="datum.name",
                                 n="datum.unit", number="datum.number"), "as": "says"},
        ],
        "mark": {"type": "rect", "yOffset": gap, "y2Offset": -gap,
                 "xOffset": {"expr": "width / 24 > datum.count ? 1 : 0"},
                 "x2Offset": {"expr": "width / 24 > datum.count ? -1 : 0"}},
        "encoding": {
            "x": {"field": "left", **x}, "x2": {"field": "right"},
            "y": {"field": "top", **y}, "y2": {"field": "bottom"},
            "color": {
                "field": "value", "type": "quantitative", "legend": None,
                "scale": {"domain": [most * (2 * i / last - 1) for i in range(last + 1)],
                          "range": list(colours), "interpolate": "rgb", "clamp": True},
            },
            "tooltip": [
                {"field": "name", "type": "nominal", "title": tr("vector")},
                {"field": "unit", "type": "quantitative", "title": tr("unit")},
                {"field": "number", "type": "nominal", "title": tr("value")},
            ],
            "description": {"field": "says", "type": "nominal"},
        },
    }  # fmt: skip


def _names(
    strips: Sequence[Strip], tops: Sequence[float], palette: Palette, y: Any, height: float
) -> dict[str, Any]:
    """Every name where rows are high enough, else those that fit below each other."""
    every = max(1, int(np.ceil(15 / height)))
    kept: list[dict[str, Any]] = []
    before = -np.inf
    for strip, top in zip(strips, tops, strict=True):
        if strip.strong or top >= before + every:
            if strip.strong:  # it takes the place of one that stands too near
                kept = [row for row in kept if row["y"] - 0.5 <= top - every or row["strong"]]
            kept.append({"text": fit(strip.name, LONGEST_LABEL / 1.6, SIZE), "y": top + 0.5,
                         "strong": strip.strong})  # fmt: skip
            before = top
    return {
        "data": {"values": kept},
        "mark": {"type": "text", "x": -7, "align": "right", "baseline": "middle", "fontSize": SIZE,
                 "color": palette.text, "aria": False,
                 "fontWeight": {"expr": "datum.strong ? 'bold' : 'normal'"}},
        "encoding": {"y": {"field": "y", **y}, "text": {"field": "text", "type": "nominal"}},
    }  # fmt: skip


def _numbers(
    rows: list[dict[str, Any]], palette: Palette, most: float, x: Any, y: Any
) -> dict[str, Any]:
    values = []
    for row in rows:
        for unit, value in enumerate(row["values"]):
            ink = on_colour(scale_colour(palette.signed_scale, (value / most + 1) / 2))
            values.append(
                {
                    "x": (unit + 0.5) / row["count"],
                    "y": (row["top"] + row["bottom"]) / 2,
                    "text": number(value, 2),
                    "ink": ink,
                    "count": row["count"],
                }
            )
    return {
        "data": {"values": values},
        "mark": {"type": "text", "fontSize": SIZE, "aria": False,
                 "opacity": {"expr": "width / datum.count >= 38 ? 1 : 0"}},
        "encoding": {
            "x": {"field": "x", **x}, "y": {"field": "y", **y},
            "text": {"field": "text", "type": "nominal"},
            "color": {"field": "ink", "type": "nominal", "scale": None, "legend": None},
        },
    }  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """One bar: what stands on its left (a token as its label), its length 0 to 1, and its end."""

    name: str
    share: float
    text: str
    strong: bool = False


def bars_chart(
    bars: Sequence[Bar], colour: str, faint: str, palette: Palette = LIGHT, width: int = 480
) -> Chart:
    """Draw shares as bars from 0 to 1, in the given order; ``strong`` ones in `colour`.

    The data rows are ``row``, ``share``, ``name`` and ``text``.
    """
    height = 26 if len(bars) <= 12 else 17
    size = SIZE if height > 20 else 12
    rows = [
        {"row": r, "share": bar.share, "name": fit(bar.name, LONGEST_LABEL / 1.6, size),
         "text": bar.text, "says": f"{bar.name}: {bar.text}", "strong": bar.strong}
        for r, bar in enumerate(bars)
    ]  # fmt: skip
    room = max(text_width(bar.text, size) for bar in bars) + 12
    y = {"field": "row", "type": "quantitative", "axis": None,
         "scale": {"domain": [len(bars) - 0.5, -0.5], "nice": False, "zero": False}}  # fmt: skip
    # 1 is where the longest text still has room behind it.
    end = {"expr": f"datum.share * max(20, width - {room:.0f})"}
    bold = {"expr": "datum.strong ? 'bold' : 'normal'"}
    text = {"type": "text", "baseline": "middle", "fontSize": size, "aria": False,
            "color": palette.text, "fontWeight": bold}  # fmt: skip
    layers = [
        {
            "mark": {"type": "rect", "x": 0, "x2": end, "aria": True,
                     "yOffset": -(height / 2 - 3), "y2Offset": height / 2 - 3,
                     "color": {"expr": f"datum.strong ? '{colour}' : '{faint}'"}},
            "encoding": {"y": y, "y2": {"field": "row"},
                         "description": {"field": "says", "type": "nominal"}},
        },
        {
            "mark": {**text, "align": "right", "x": -7},
            "encoding": {"y": y, "text": {"field": "name", "type": "nominal"}},
        },
        {
            "mark": {**text, "align": "left", "x": end, "dx": 6},
            "encoding": {"y": y, "text": {"field": "text", "type": "nominal"}},
        },
    ]  # fmt: skip
    return Chart(
        base_spec(palette)
        | {
            "width": width, "height": height * len(bars),
            "layer": [{"data": {"values": rows}} | layer for layer in layers],
        }
    )  # fmt: skip

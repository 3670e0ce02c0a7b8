"""Rows of cells over the source tokens, each to its own largest size: methods side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from s2s.plots.base import LONGEST_LABEL, base_spec
from s2s.plots.curve_frame import wrapped
from s2s.plots.labels import fit
from s2s.plots.map_frame import Tokens, beside_cells, box, column_labels, grid_axes, map_params
from s2s.plots.palette import Palette
from s2s.results import Array
from s2s.text import label
from s2s.text.language import tr
from s2s.text.numbers import rounded

ROW, SIZE = 30, 13


class Strip(NamedTuple):
    """One row.

    Attributes:
        name: before it.
        values: [S]; where one is NaN there is no cell.
        colours: of the scale: by size, or with `signed` from the most negative to the largest.
        signed: whether the sign is coloured too.
    """

    name: str
    values: Array
    colours: Sequence[str]
    signed: bool = False


def strips(
    source: tuple[str, ...], rows: Sequence[Strip], title: str, palette: Palette, width: int
) -> dict[str, Any]:
    """The specification of a figure.

    The data rows are ``row``, ``column``, ``value`` (the result's own number, signed), ``share``
    (its size as a share of the row's largest; with its sign where that is coloured) and ``number``.

    Args:
        source: S tokens.
        rows: from top to bottom.
        title: of the figure.
        palette: the theme's colours.
        width: px, for a figure outside a page; a page stretches it.
    """
    sources = [fit(label(token), LONGEST_LABEL, SIZE) for token in source]
    grid = Tokens(source, tuple(row.name for row in rows))
    axes = grid_axes(grid)
    labels = {
        "data": {"values": [{"row": r, "text": row.name} for r, row in enumerate(rows)]},
        "mark": {"type": "text", "x": -9, "align": "right", "baseline": "middle",
                 "fontSize": SIZE, "color": palette.text, "aria": False},
        "encoding": {"y": {"field": "row", **axes[1]},
                     "text": {"field": "text", "type": "nominal"}},
    }  # fmt: skip
    return base_spec(palette) | {
        "width": width,
        "height": ROW * len(rows),
        "title": {"text": {"expr": wrapped(title)}, "offset": 8, "limit": 0},
        "params": map_params(grid, sources, SIZE, beside_cells(grid.output, SIZE)),
        # The rows have scales of their own on one name.
        "resolve": {"scale": {"color": "independent"}},
        "layer": [
            *(_cells(row, place, axes) for place, row in enumerate(rows)),
            column_labels(grid, sources, palette, None, SIZE, axes), labels,
        ],
    }  # fmt: skip


def _cells(strip: Strip, row: int, axes: Any) -> dict[str, Any]:
    """One row's cells; where it says nothing there is none."""
    values, name, colours = strip.values, strip.name, strip.colours
    largest = np.nanmax(np.abs(values)) if np.isfinite(values).any() else 0.0
    rows = [
        {
            "row": row, "column": s, "value": value, "method": name,
            "share": (value if strip.signed else abs(value)) / largest if largest else 0.0,
            "number": ("−" if value < 0 else "") + rounded(abs(value), 3),
        }
        for s, value in enumerate(values.tolist())
        if np.isfinite(value)
    ]  # fmt: skip
    low = -1.0 if strip.signed else 0.0
    stops = np.linspace(low, 1.0, len(colours)).tolist()
    says = "datum.method + ', ' + sources[datum.column] + ': ' + datum.number"
    return {
        "data": {"values": rows},
        "transform": [
            {"calculate": "datum.column - 0.5", "as": "left"},
            {"calculate": "datum.column + 0.5", "as": "right"},
            {"calculate": "datum.row - 0.5", "as": "top"},
            {"calculate": "datum.row + 0.5", "as": "bottom"},
            {"calculate": "sources[datum.column]", "as": "source"},
            {"calculate": says, "as": "says"},
        ],
        "mark": {"type": "rect", "xOffset": {"expr": "min(1, pitch / 16)"},
                 "x2Offset": {"expr": "-min(1, pitch / 16)"}, "yOffset": 1, "y2Offset": -1},
        "encoding": {
            **box(axes),
            "color": {"field": "share", "type": "quantitative", "legend": None,
                      "scale": {"domain": stops, "range": list(colours), "interpolate": "rgb",
                                "clamp": True}},
            "tooltip": [
                {"field": "method", "type": "nominal", "title": tr("method")},
                {"field": "source", "type": "nominal", "title": tr("source")},
                {"field": "number", "type": "nominal", "title": tr("value")},
            ],
            "description": {"field": "says", "type": "nominal"},
        },
    }  # fmt: skip

"""The cells of a map of output by source tokens: coloured, hovered, clicked, read aloud."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from s2s.plots.labels import spoken
from s2s.plots.map_frame import EMPTY, GAP_BEFORE_EMPTY, Grid, box, grid_axes
from s2s.plots.palette import Palette
from s2s.text.language import tr

CELL = "cell"
"""Name of the selection: a click gives ``{"row": t, "column": s}``."""


class Said(NamedTuple):
    """What is said of a cell.

    Attributes:
        column: the tooltip's name of a column.
        value: the tooltip's name of the number.
        cell: read aloud, with places for ``output``, ``source`` and ``number``.
        empty: the same where the column is the empty slots.
    """

    column: str
    value: str
    cell: str
    empty: str = ""


def map_cells(
    values: list[dict[str, Any]],
    grid: Grid,
    field: str,
    colours: Sequence[str],
    said: Said,
    palette: Palette,
) -> dict[str, Any]:
    """The layer of the cells; `map_params` has the names that it looks up.

    Args:
        values: ``row``, ``column``, ``number`` as it is read, and the field; column S is the
            empty slots, where there are any.
        grid: the tokens.
        field: what is coloured, 0 to 1.
        colours: of the scale, the lowest first.
        said: what is said of a cell.
        palette: the theme's colours.
    """
    last = len(colours) - 1
    is_empty = f"datum.column == {len(grid.source)}"
    named = {"output": "datum.output", "source": "datum.source", "number": "datum.number"}
    cell = spoken(said.cell, **named)
    told = {
        "left": f"datum.column - 0.5 + ({is_empty} ? {GAP_BEFORE_EMPTY} : 0)",
        "right": "datum.left + 1",
        "top": "datum.row - 0.5",
        "bottom": "datum.row + 0.5",
        "output": "outputs[datum.row]",
        "source": f"{is_empty} ? {json.dumps(tr(EMPTY), ensure_ascii=False)} : "
                  "sources[datum.column]",
        "says": f"{is_empty} ? {spoken(said.empty, **named)} : {cell}" if said.empty else cell,
    }  # fmt: skip
    return {
        "data": {"values": values},
        "transform": [{"calculate": how, "as": name} for name, how in told.items()],
        "params": [
            {
                "name": CELL,
                "select": {"type": "point", "fields": ["row", "column"], "toggle": False},
            }
        ],
        "mark": {
            "type": "rect",
            "cursor": "pointer",
            # Gaps of 2 px; less between columns so narrow that gaps would outshine them.
            "xOffset": {"expr": "min(1, pitch / 16)"},
            "x2Offset": {"expr": "-min(1, pitch / 16)"},
            "yOffset": 1,
            "y2Offset": -1,
            "strokeWidth": 2,
        },
        "encoding": {
            **box(grid_axes(grid)),
            "color": {
                "field": field,
                "type": "quantitative",
                "scale": {
                    "domain": [index / last for index in range(last + 1)],
                    "range": list(colours),
                    "interpolate": "rgb",
                    "clamp": True,
                },
                "legend": None,
            },
            "stroke": {
                "condition": {"param": CELL, "empty": False, "value": palette.text},
                "value": None,
            },
            "tooltip": [
                {"field": "output", "type": "nominal", "title": tr("output")},
                {"field": "source", "type": "nominal", "title": said.column},
                {"field": "number", "type": "nominal", "title": said.value},
            ],
            "description": {"field": "says", "type": "nominal"},
        },
    }

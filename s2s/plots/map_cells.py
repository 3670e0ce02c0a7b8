"""The cells of a map of output by source tokens: coloured, hovered, clicked, read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from s2s.plots.map_frame import EMPTY, GAP_BEFORE_EMPTY, Grid, box, grid_axes
from s2s.plots.palette import Palette

CELL = "cell"
"""Name of the selection: a click gives ``{"row": t, "column": s}``."""


def map_cells(
    values: list[dict[str, Any]],
    grid: Grid,
    field: str,
    colours: Sequence[str],
    column: str,
    titles: tuple[str, str],
    palette: Palette,
) -> dict[str, Any]:
    """The layer of the cells; `map_params` has the names that it looks up.

    Args:
        values: ``row``, ``column``, ``number`` as it is read, and the field; column S is the
            empty slots, where there are any.
        grid: the tokens.
        field: what is coloured, 0 to 1.
        colours: of the scale, the lowest first.
        column: what a column is called where it is read aloud, such as "source".
        titles: of the tooltip's column and number.
        palette: the theme's colours.
    """
    last = len(colours) - 1
    is_empty = f"datum.column == {len(grid.source)}"
    said = f"({is_empty} ? '{EMPTY}' : '{column} ' + datum.source)"
    told = {
        "left": f"datum.column - 0.5 + ({is_empty} ? {GAP_BEFORE_EMPTY} : 0)",
        "right": "datum.left + 1",
        "top": "datum.row - 0.5",
        "bottom": "datum.row + 0.5",
        "output": "outputs[datum.row]",
        "source": f"{is_empty} ? '{EMPTY}' : sources[datum.column]",
        "says": f"'output ' + datum.output + ' ← ' + {said} + ': ' + datum.number",
    }
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
                {"field": "output", "type": "nominal"},
                {"field": "source", "type": "nominal", "title": titles[0]},
                {"field": "number", "type": "nominal", "title": titles[1]},
            ],
            "description": {"field": "says", "type": "nominal"},
        },
    }

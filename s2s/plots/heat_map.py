"""A map of rows by tokens with a scale of its own, and curves in line with its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from s2s.plots.attention_map import MANY, NUMBER_WIDTH, WHOLE_MAP
from s2s.plots.base import Chart, base_spec
from s2s.plots.curve_frame import wrapped
from s2s.plots.labels import fit
from s2s.plots.map_frame import (
    Tick,
    Tokens,
    beside_cells,
    box,
    colour_bar,
    column_labels,
    grid_axes,
    map_params,
    names_of,
    row_labels,
)
from s2s.plots.palette import Palette, on_colour, scale_colour
from s2s.results import Array
from s2s.text import label
from s2s.text.language import tr

LEFT, RIGHT = 48, 64
"""Px beside the cells of a map and beside its curves, so that their columns stand in line."""
SIZE, ROW_SIZE, LONGEST, ROW_LONGEST = 13, 12, 84, 100
ROW_HEIGHTS, CURVE_HEIGHT = (13, 24), 90


def heat_map(
    values: Array,
    grid: Tokens,
    row_names: Sequence[str],
    shade: Callable[[float], float],
    text: Callable[[float], str],
    scale: tuple[tuple[str, ...], tuple[Tick, ...]],
    title: str,
    palette: Palette,
    outline: int | None = None,
    zero: str | None = None,
    width: int = 1000,
) -> Chart:
    """Draw R by N numbers; the first layer's data rows have ``row``, ``column``, ``value``.

    Args:
        values: [R, N]; NaN where there is no number: such a cell is grey and has no text.
        grid: N tokens on top, R labels on the left.
        row_names: R names for what is hovered.
        shade: number to place on the scale, 0 to 1.
        text: number as it is read, also NaN where there are such.
        scale: colours, and what stands beside the colour bar.
        title: a sentence with the unit.
        palette: the theme's colours.
        outline: a column to frame.
        zero: stands in cells of exactly 0, which then have no colour; the others have no text.
        width: px, for a figure outside a page; a page stretches it.
    """
    count, columns = values.shape
    row = min(max(WHOLE_MAP // count, ROW_HEIGHTS[0]), ROW_HEIGHTS[1])
    axes = grid_axes(grid)
    tops = [fit(label(token), LONGEST, SIZE) for token in grid.source]
    sides = [fit(label(token), ROW_LONGEST, ROW_SIZE) for token in grid.output]
    cells: list[dict[str, Any]] = [
        {"row": r, "column": c, "value": v, "place": shade(v), "number": text(v)}
        if v == v else {"row": r, "column": c, "value": None, "place": 0, "number": text(v)}
        for r, line in enumerate(values.tolist())
        for c, v in enumerate(line)
    ]  # fmt: skip
    if zero is None:
        words = [
            {**cell, "ink": on_colour(scale_colour(scale[0], cell["place"]))}
            for cell in cells if row >= 20 and cell["value"] is not None
        ]  # fmt: skip
    else:
        words = [{**c, "ink": palette.muted, "number": zero} for c in cells if c["value"] == 0]
    params = map_params(grid, tops, SIZE, max(LEFT + RIGHT, beside_cells(sides, ROW_SIZE)))
    layers = [
        _cells(cells, scale[0], axes, zero is not None, palette),
        *_words(words, axes, 8 if zero else NUMBER_WIDTH + 6),
        column_labels(grid, tops, palette, outline, SIZE, axes),
        *row_labels(grid, sides, palette, None, ROW_SIZE, axes),
        *colour_bar(palette, row * count, *scale),
        spacer(),
    ]
    if outline is not None:
        frame = {"left": outline - 0.5, "right": outline + 0.5, "top": -0.5, "bottom": count - 0.5}
        look = {"type": "rect", "filled": False, "stroke": palette.text, "strokeWidth": 2}
        layers.append(
            {"data": {"values": [frame]}, "mark": {**look, "aria": False}, "encoding": box(axes)}
        )
    spec = base_spec(palette) | {
        "width": width,
        "height": row * count,
        "title": {"text": {"expr": wrapped(title)}, "offset": 8, "limit": 0},
        "params": [{"name": "rows", "value": list(row_names)}, *params],
        "layer": layers,
    }
    if len(cells) > MANY:
        spec["usermeta"] = {**spec["usermeta"], "embedOptions": {"renderer": "canvas"}}
    return Chart(spec)


def _cells(
    cells: list[dict[str, Any]], colours: tuple[str, ...], axes: Any, no_zero: bool,
    palette: Palette,
) -> dict[str, Any]:  # fmt: skip
    """The map itself: what is hovered and read aloud."""
    told = {
        "left": "datum.column - 0.5", "right": "datum.column + 0.5",
        "top": "datum.row - 0.5", "bottom": "datum.row + 0.5",
        "name": "rows[datum.row]", "token": "sources[datum.column]",
        "says": "datum.name + ', ' + datum.token + ': ' + datum.number",
    }  # fmt: skip
    stops = [index / (len(colours) - 1) for index in range(len(colours))]
    shown = {
        "field": "place", "type": "quantitative", "legend": None,
        "scale": {"domain": stops, "range": list(colours), "interpolate": "rgb", "clamp": True},
    }  # fmt: skip
    if no_zero:
        shown["condition"] = {"test": "datum.value === 0", "value": "transparent"}
    elif any(cell["value"] is None for cell in cells):
        shown["condition"] = {"test": "datum.value === null", "value": palette.line}
    return {
        "data": {"values": cells},
        "transform": [{"calculate": how, "as": name} for name, how in told.items()],
        "mark": {"type": "rect", "xOffset": {"expr": "min(1, pitch / 16)"}, "yOffset": 0.75,
                 "x2Offset": {"expr": "-min(1, pitch / 16)"}, "y2Offset": -0.75},
        "encoding": {
            **box(axes),
            "color": shown,
            "tooltip": [
                {"field": "name", "type": "nominal", "title": tr("row")},
                {"field": "token", "type": "nominal", "title": tr("column")},
                {"field": "number", "type": "nominal", "title": tr("value")},
            ],
            "description": {"field": "says", "type": "nominal"},
        },
    }  # fmt: skip


def _words(words: list[dict[str, Any]], axes: Any, least: int) -> list[dict[str, Any]]:
    """Text in the cells, where these are `least` px wide."""
    ink = {"field": "ink", "type": "nominal", "scale": None, "legend": None}
    layer = {
        "data": {"values": words},
        "mark": {"type": "text", "fontSize": 12, "aria": False,
                 "opacity": {"expr": f"pitch >= {least} ? 1 : 0"}},
        "encoding": {
            "x": {"field": "column", **axes[0]}, "y": {"field": "row", **axes[1]}, "color": ink,
            "text": {"field": "number", "type": "nominal"},
        },
    }  # fmt: skip
    return [layer] if words else []


def spacer() -> dict[str, Any]:
    """Nothing to see: it gives figures below each other the same room on both sides."""
    edge = {"x": {"expr": f"-{LEFT}"}, "x2": {"expr": f"width + {RIGHT}"}, "y": 0, "y2": 1}
    return {"data": {"values": [{}]}, "mark": {"type": "rect", "opacity": 0, "aria": False, **edge}}


def named(tokens: Sequence[str]) -> list[str]:
    """Tokens as text in «», with their place where they are repeated."""
    return names_of(Tokens(tuple(tokens), ()))[1]


def over_tokens(
    chart: Chart, tokens: Sequence[str], palette: Palette, height: int | None = None
) -> Chart:
    """Curves at x = 1 … N with tokens below them, in line with a map of the same tokens.

    Args:
        chart: of `curves_chart`.
        tokens: N.
        palette: the theme's colours.
        height: px; a lower figure has no names at the lines' ends. None keeps both.
    """
    names, layers = named(tokens), []
    axis = {
        "title": None, "grid": False, "domain": False, "ticks": False, "labelFontSize": SIZE,
        "labelColor": palette.text, "labelOverlap": False, "labelPadding": 6, "labelLimit": 200,
        "values": list(range(1, len(tokens) + 1)),
        "labelExpr": "(datum.value - 1) % every == 0 ? tokens[datum.value - 1] : ''",
        "labelAngle": {"expr": "slanted ? 45 : 0"},
        "labelAlign": {"expr": "slanted ? 'left' : 'center'"},
        "labelBaseline": {"expr": "slanted ? 'middle' : 'top'"},
    }  # fmt: skip
    scale = {"domain": [0.5, len(tokens) + 0.5], "nice": False, "zero": False}
    for layer in chart["layer"] if height is None else chart["layer"][:-1]:
        encoding = dict(layer["encoding"])
        encoding["x"] = {**encoding["x"], "axis": axis, "scale": scale}
        if "y" in encoding:
            beside = {**encoding["y"]["axis"], "minExtent": LEFT, "maxExtent": LEFT}
            few = {} if height is None else {"tickCount": 3}
            encoding["y"] = {**encoding["y"], "axis": beside | few}
        values = layer["data"]["values"]
        if "tooltip" in encoding:
            values = [
                {**row, "marked": True, "token": names[row["x"] - 1],
                 "says": f"{row['name']} {names[row['x'] - 1]}: {row['value']}".strip()}
                for row in values
            ]  # fmt: skip
            encoding["tooltip"] = [
                {**entry, "field": "token", "type": "nominal", "title": tr("token")}
                if entry["field"] == "x" else entry
                for entry in encoding["tooltip"] if height is None or entry["field"] != "name"
            ]  # fmt: skip
        mark = layer["mark"]
        if mark["type"] == "point":
            mark = {**mark, "size": {"expr": "pitch < 14 ? 16 : 40"}}
        layers.append({"data": {"values": values}, "mark": mark, "encoding": encoding})
    texts = [fit(label(token), LONGEST, SIZE) for token in tokens]
    params = map_params(Tokens(tuple(tokens), ()), texts, SIZE, LEFT + RIGHT)
    made = {**chart, "params": [{"name": "tokens", "value": texts}, *params],
            "layer": [*layers, spacer()]}  # fmt: skip
    return Chart(made if height is None else made | {"height": height})

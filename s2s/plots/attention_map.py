"""The whole attention map: source across, output down, the scale fixed at 0 to 1."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from s2s.findings.readout import SHOWN_FROM, check_step
from s2s.plots.base import LONGEST_LABEL, Chart, base_spec
from s2s.plots.labels import fit, mode_of, spoken, text_width
from s2s.plots.map_cells import Said, map_cells
from s2s.plots.map_frame import (
    EMPTY,
    Axes,
    beside_cells,
    centre,
    colour_bar,
    column_labels,
    grid_axes,
    map_params,
    names_of,
    outlines,
    row_labels,
)
from s2s.plots.palette import LIGHT, Palette, on_colour, scale_colour
from s2s.results import Array, Trace
from s2s.text import label
from s2s.text.language import tr
from s2s.text.numbers import number

LABEL_SIZE, COMPACT_LABEL_SIZE, NUMBER_SIZE = 14, 12, 12
COMPACT_LABEL = 96
ROW_HEIGHTS = (20, 34)
LOW_ROWS = 28
"""Px of a row at most, where the figure stands under others in a window."""
WHOLE_MAP = 640
"""Px. Rows shrink within `ROW_HEIGHTS` to keep the map about this high."""
NUMBER_WIDTH = 34
"""Px a cell must be wide to have its number in it."""
MANY = 2000
"""Cells. A browser draws more of them faster on a canvas than as elements."""


def attention_map(
    trace: Trace,
    palette: Palette = LIGHT,
    step: int | None = None,
    width: int = 1000,
    compact: bool = False,
    name: str = "",
    most: int = ROW_HEIGHTS[1],
    how: str = "",
) -> Chart:
    """Draw all attention weights of a trace, T rows by S columns.

    The first layer of the figure holds the cells, one data row each: ``row``, ``column``,
    ``weight`` (a number of ``trace.attention`` itself) and ``number``, as it is read. Where the
    model attends to empty slots, they are column S and stand apart on the right, so that each row
    sums to 1. Positions are the values and tokens only the labels, because repeated tokens would
    otherwise merge into one column.

    Labels slant, thin out and numbers vanish by the width that the figure really has: these rules
    are expressions (``pitch``, ``slanted``, ``every``) that the browser works out.

    Args:
        trace: a decoded sentence of a model with attention.
        palette: the theme's colours.
        step: 0-based output step to outline; None outlines nothing.
        width: px, for a figure outside a page; a page stretches it.
        compact: for phones: no numbers, shorter and smaller labels.
        name: of the model, where several maps stand beside each other.
        most: px of a row.
        how: how the output was made, in words; empty for what the trace knows.

    Raises:
        ValueError: the model has no attention, or there is no such step.
    """
    weights = _weights(trace)
    if step is not None:
        check_step(trace, step)
    size, longest = (COMPACT_LABEL_SIZE, COMPACT_LABEL) if compact else (LABEL_SIZE, LONGEST_LABEL)
    sources = [fit(label(token), longest, size) for token in trace.source]
    if trace.empty_attention is not None:
        sources.append(tr(EMPTY))
    outputs = [fit(label(token), longest, size) for token in trace.output]
    row = min(max(WHOLE_MAP // max(trace.steps, 1), ROW_HEIGHTS[0]), most)
    axes = grid_axes(trace)
    spec = base_spec(palette) | {
        "width": width,
        "height": row * trace.steps,
        "title": {"text": {"expr": _heading(trace, name, how)}, "offset": 8, "limit": 0},
        "params": map_params(
            trace,
            sources,
            size,
            beside_cells(outputs, size, step is not None or bool(trace.attended)),
        ),
        "layer": [
            _cells(trace, weights, palette),
            *([] if compact else [_numbers(trace, weights, palette, axes)]),
            *outlines(trace, palette, step, axes),
            column_labels(trace, sources, palette, step, size, axes),
            *row_labels(trace, outputs, palette, step, size, axes),
            *colour_bar(palette, row * trace.steps),
        ],
    }
    if trace.steps * len(sources) > MANY:
        spec["usermeta"] = {**spec["usermeta"], "embedOptions": {"renderer": "canvas"}}
    return Chart(spec)


def cell_sentence(trace: Trace, t: int, s: int) -> str:
    """What one cell of the map says, as plain text.

    Args:
        trace: a decoded sentence of a model with attention.
        t: 0-based output step.
        s: 0-based source position; S is the empty slots, where the model has them.

    Returns:
        Such as "output «tonight» ← source «soir»: 0.58"; repeated tokens with their place.

    Raises:
        ValueError: the model has no attention, or there is no such cell.
    """
    weights = _weights(trace)
    check_step(trace, t)
    if not 0 <= s < weights.shape[1]:
        raise ValueError(f"column {s} of a map with {weights.shape[1]} columns")
    outputs, sources = names_of(trace)
    values = {"output": outputs[t], "number": number(float(weights[t, s]), 2)}
    if s == len(sources):
        return tr("output {output} ← empty slots: {number}", **values)
    return tr("output {output} ← source {source}: {number}", source=sources[s], **values)


def _weights(trace: Trace) -> Array:
    """[T, S] the weights, or [T, S + 1] where the empty slots are a column of their own."""
    if trace.attention is None:
        raise ValueError(f"{trace.model} has no attention: there is no map")
    if trace.empty_attention is None:
        return trace.attention
    return np.column_stack((trace.attention, trace.empty_attention))


def _heading(trace: Trace, name: str, how: str) -> str:
    """The figure's sentence as an expression, on more lines where one is too short."""
    forced = len(trace.forced)
    if not how and forced in (0, trace.steps):
        how = mode_of(forced, trace.steps)
    elif not how:
        how = tr("{n} tokens forced", n=forced) if forced > 1 else tr("{n} token forced", n=forced)
    if trace.attended:
        how = tr("{how}, edited rows dashed", how=how)
    first = (
        tr("{model}: where it looked, 0 to 1", model=name)
        if name
        else tr("Where it looked: attention, 0 to 1")
    )
    second = tr("every 2nd column labelled")
    nth = [spoken(second), spoken(tr("every 3rd column labelled")),
           spoken(tr("every {n}th column labelled"), n="every")]  # fmt: skip
    thin = f"(every > 3 ? {nth[2]} : every > 2 ? {nth[1]} : {nth[0]}) + ')'"
    # Longer and longer texts, each with the width from which it fits.
    rooms = [text_width(text, 15, bold=True) for text in (
        f"{first} ({how})", f"({how}, {second})", f"{first} ({how}, {second})",
    )]  # fmt: skip
    what, made, begun = (
        json.dumps(text, ensure_ascii=False) for text in (first, f"({how})", f"({how},")
    )
    plain = f"room < {rooms[0]:.0f} ? [{what}, {made}] : {what} + ' ' + {made}"
    thinned = (
        f"room < {rooms[1]:.0f} ? [{what}, {begun}, {thin}] : "
        f"room < {rooms[2]:.0f} ? [{what}, {begun} + ' ' + {thin}] : "
        f"{what} + ' ' + {begun} + ' ' + {thin}"
    )
    return f"every > 1 ? ({thinned}) : ({plain})"


def _cells(trace: Trace, weights: Array, palette: Palette) -> dict[str, Any]:
    """The map itself."""
    values = [
        {"row": t, "column": s, "weight": weight, "number": number(weight, 2)}
        for t, row in enumerate(weights.tolist())
        for s, weight in enumerate(row)
    ]
    said = Said(
        tr("source"), tr("weight"), tr("output {output} ← source {source}: {number}"),
        tr("output {output} ← empty slots: {number}"),
    )  # fmt: skip
    return map_cells(values, trace, "weight", palette.attention_scale, said, palette)


def _numbers(trace: Trace, weights: Array, palette: Palette, axes: Axes) -> dict[str, Any]:
    """The weights from 0.05 as text, black or white by contrast, where cells are wide enough."""
    values = []
    for t, s in np.argwhere(weights >= SHOWN_FROM).tolist():
        weight = float(weights[t, s])
        ink = on_colour(scale_colour(palette.attention_scale, weight))
        values.append({"row": t, "x": centre(trace, s), "text": number(weight, 2), "ink": ink})
    x, y = axes
    return {
        "data": {"values": values},
        "mark": {
            "type": "text",
            "fontSize": NUMBER_SIZE,
            "opacity": {"expr": f"pitch >= {NUMBER_WIDTH} ? 1 : 0"},
            "aria": False,
        },
        "encoding": {
            "x": {"field": "x", **x},
            "y": {"field": "row", **y},
            "text": {"field": "text", "type": "nominal"},
            "color": {"field": "ink", "type": "nominal", "scale": None, "legend": None},
        },
    }

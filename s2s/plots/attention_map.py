"""The whole attention map: source across, output down, the scale fixed at 0 to 1."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s.plots.base import LONGEST_TILE, SHOWN_FROM, TRANSPARENT, base_layout, check_step, title
from s2s.plots.labels import escape, fit, hover_label, number, ordinal, text_width
from s2s.plots.palette import Palette, on_colour, plotly_scale, scale_colour
from s2s.results import Trace
from s2s.text import label

LABEL_SIZE, COMPACT_LABEL_SIZE, NUMBER_SIZE = 14, 12, 12
ROW_HEIGHTS = (20, 34)
WHOLE_MAP = 640
"""Px. Rows shrink within `ROW_HEIGHTS` to keep the map about this high."""
RIGHT = 48
"""Px for the colour bar."""
SLANTED_PITCH = 15
"""Px from one slanted label to the next; narrower columns are not all labelled."""
GAP_BEFORE_EMPTY = 0.25
"""Of a column, so that the empty slots do not look like one more source token."""
SLANT = 0.71
"""Sine of 45 degrees: how high a slanted label is for its length."""


def attention_map(
    trace: Trace,
    palette: Palette,
    step: int | None = None,
    width_hint: int | None = None,
    compact: bool = False,
) -> go.Figure:
    """Draw all attention weights of a trace, T rows by S columns.

    The first trace of the figure is the heatmap: its ``z`` is ``trace.attention`` itself. Where the
    model attends to empty slots, a second heatmap stands apart on the right, so that each row and
    its empty share sum to 1. Positions are the values and tokens only the tick labels, because
    repeated tokens would otherwise merge into one column.

    Args:
        trace: a decoded sentence of a model with attention.
        palette: the theme's colours.
        step: 0-based output step to outline; None outlines nothing.
        width_hint: px the figure will have. Without it, 700 is assumed (360 if compact). The
            figure stretches anyway: the browser slants labels and hides numbers that do not fit.
        compact: for phones: no numbers, shorter labels (slanted unless all fit upright).

    Returns:
        A figure with a height and no width.

    Raises:
        ValueError: the model has no attention, or there is no such step.
    """
    weights = trace.attention
    if weights is None:
        raise ValueError(f"{trace.model} has no attention: there is no map to draw")
    if step is not None:
        check_step(trace, step)
    steps, columns = weights.shape
    width = width_hint or (360 if compact else 700)
    longest = 96 if compact else LONGEST_TILE
    size = COMPACT_LABEL_SIZE if compact else LABEL_SIZE

    sources = [fit(label(token), longest, size) for token in trace.source]
    outputs = [fit(label(token), longest, size) for token in trace.output]
    positions: list[float] = list(range(columns))
    right_edge = columns - 0.5
    if trace.empty_attention is not None:
        sources.append("empty slots")
        positions.append(columns + GAP_BEFORE_EMPTY)
        right_edge = columns + GAP_BEFORE_EMPTY + 0.5

    left = max((text_width(text, size, bold=True) for text in outputs), default=0) + 26
    cell = max((width - left - RIGHT) / (right_edge + 0.5), 1.0)
    row = min(max(WHOLE_MAP // max(steps, 1), ROW_HEIGHTS[0]), ROW_HEIGHTS[1])
    widths = [text_width(text, size) for text in sources]
    # Upright labels must not touch: half of each, and a twentieth between them.
    slanted = any((a + b) / 2 * 1.05 > cell for a, b in pairwise(widths))
    every = math.ceil(SLANTED_PITCH / cell) if slanted else 1
    # On a desktop the browser turns labels that do not fit the real width; on a phone the width is
    # known, and the browser's wider margins would turn single characters.
    if slanted or compact:
        tick_angle = {"tickangle": -45 if slanted else 0}
    else:
        tick_angle = {"autotickangles": [0, -45, -90]}
    main = None if step is None or not columns else int(weights[step].argmax())

    heading = _heading(trace, every, width)
    top = 30 + 20 * heading.count("<br>") + (max(widths) * SLANT + 18 if slanted else 26)
    traces = _heatmaps(trace, palette)
    if not compact and cell >= 34 and row >= 20:
        traces.append(_numbers(trace, palette))
    layout = base_layout(palette, top + row * steps + 8, {"l": left, "r": RIGHT, "t": top, "b": 8})
    layout |= {
        "title": title(heading),
        "bargap": 0,
        # Numbers vanish where they would have to shrink below 12 px: right at any real width.
        "uniformtext": {"minsize": NUMBER_SIZE, "mode": "hide"},
        "shapes": _outlines(trace, palette, step, right_edge),
        # The axes end 2 px outside the cells, so that no outline is cut in half.
        "xaxis": {
            **_axis(positions, _column_labels(sources, every, main), size),
            "range": [-0.5 - 2 / cell, right_edge + 2 / cell],
            "side": "top",
            **tick_angle,
        },
        "yaxis": {
            **_axis(list(range(steps)), _row_labels(trace, outputs, step), size),
            "range": [steps - 0.5 + 2 / row, -0.5 - 2 / row],
        },
    }
    return go.Figure(data=traces, layout=layout)


def _heading(trace: Trace, every: int, width: float) -> str:
    """The figure's sentence, on two lines where one is too short."""
    forced = len(trace.forced)
    if forced == 0:
        how = "free-running"
    elif forced == trace.steps:
        how = "teacher-forced"
    else:
        how = f"{forced} token{'s' * (forced > 1)} forced"
    if trace.attended:
        how += ", edited rows dashed"
    if every > 1:
        how += f", every {ordinal(every)} column labelled"
    first, second = "Where it looked: attention, 0 to 1", f"({how})"
    one_line = text_width(f"{first} {second}", 15, bold=True) <= width - 8
    return f"{first} {second}" if one_line else f"{first}<br>{second}"


def _heatmaps(trace: Trace, palette: Palette) -> list[dict[str, Any]]:
    """The map itself, and the column of the empty slots where the model has them."""
    shared = {
        "type": "heatmap",
        "zmin": 0,
        "zmax": 1,
        "colorscale": plotly_scale(palette.attention_scale),
        "xgap": 2,
        "ygap": 2,
        "y": list(range(trace.steps)),
    }
    outputs = np.array([hover_label(token) for token in trace.output], dtype=object)
    sources = np.array([hover_label(token) for token in trace.source], dtype=object)
    maps = [
        {
            **shared,
            "z": trace.attention,
            "x": list(range(len(sources))),
            # The words around the tokens stand once in the template: a third of the bytes.
            "customdata": np.stack(np.meshgrid(outputs, sources, indexing="ij"), axis=-1),
            "hovertemplate": "output «%{customdata[0]}» ← source «%{customdata[1]}»: "
            "%{z:.2f}<extra></extra>",
            "colorbar": {
                "thickness": 10,
                "outlinewidth": 0,
                "xpad": 12,
                "ypad": 2,
                "len": 1,
                "tickvals": [0, 0.5, 1],
                "ticktext": ["0", "0.5", "1"],
                "tickfont": {"size": 12, "color": palette.muted},
            },
        }
    ]
    if trace.empty_attention is not None:
        start = len(sources) + GAP_BEFORE_EMPTY - 0.5
        maps.append(
            {
                **shared,
                "z": trace.empty_attention[:, None],
                # Two edges: a single column has no neighbour to take its width from.
                "x": [start, start + 1],
                "showscale": False,
                "customdata": outputs[:, None, None],
                "hovertemplate": "output «%{customdata[0]}» ← empty slots: %{z:.2f}<extra></extra>",
            }
        )
    return maps


def _numbers(trace: Trace, palette: Palette) -> dict[str, Any]:
    """The weights from 0.05 as text, black or white by contrast.

    They are the texts of invisible bars that fill their cells: a heatmap's own text knows one
    colour only, and a bar's text is hidden by the browser where it does not fit.
    """
    shown = trace.attention
    offset = np.zeros(shown.shape[1])
    if trace.empty_attention is not None:
        shown = np.column_stack((shown, trace.empty_attention))
        offset = np.append(offset, GAP_BEFORE_EMPTY)
    rows, columns = np.nonzero(shown >= SHOWN_FROM)
    values = shown[rows, columns].tolist()
    return {
        "type": "bar",
        "x": columns + offset[columns],
        "base": rows - 0.5,
        "y": np.ones(len(rows)),
        "width": 1,
        "marker": {"color": TRANSPARENT, "line": {"width": 0}},
        "text": [number(value, 2) for value in values],
        "textfont": {
            "size": NUMBER_SIZE,
            "color": [on_colour(scale_colour(palette.attention_scale, v)) for v in values],
        },
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "hoverinfo": "skip",
    }


def _column_labels(sources: list[str], every: int, main: int | None) -> list[str]:
    """Source tokens as tick labels; where there is room for every n-th only, `main` is kept."""
    labels = []
    for column, text in enumerate(sources):
        near = main is not None and abs(column - main) < every
        shown = column == main if near else column % every == 0
        labels.append(escape(text) if shown else "")
    return labels


def _row_labels(trace: Trace, outputs: list[str], step: int | None) -> list[str]:
    """Output tokens as tick labels: edited rows with ✎, the current one bold with ▸."""
    labels = [escape(text) for text in outputs]
    for row in trace.attended:
        labels[row] = f"✎ {labels[row]}"
    if step is not None:
        labels[step] = f"▸ <b>{labels[step]}</b>"
    return labels


def _outlines(
    trace: Trace, palette: Palette, step: int | None, right_edge: float
) -> list[dict[str, Any]]:
    """Rectangles around edited rows (dashed rose) and, above them, the current one (ink)."""
    edited = {"color": palette.edit, "width": 2, "dash": "4px,3px"}
    lines = [(row, edited) for row in trace.attended if row != step]
    if step is not None:
        lines.append((step, {"color": palette.text, "width": 2}))
    return [
        {"type": "rect", "x0": -0.5, "x1": right_edge, "y0": row - 0.5, "y1": row + 0.5,
         "line": line}
        for row, line in lines
    ]  # fmt: skip


def _axis(positions: list[float], labels: list[str], size: int) -> dict[str, Any]:
    return {
        "tickmode": "array",
        "tickvals": positions,
        "ticktext": labels,
        "tickfont": {"size": size},
        "ticks": "",
        "ticklabelstandoff": 4,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
    }

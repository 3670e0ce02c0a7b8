"""The whole attention map: source across, output down, the scale fixed at 0 to 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s.plots.base import LONGEST_TILE, TRANSPARENT, base_layout, check_step, title
from s2s.plots.labels import escape, fit, hover_label, places, text_width, weight
from s2s.plots.palette import Palette, on_colour, plotly_scale, scale_colour
from s2s.results import Trace
from s2s.text import label

SHOWN_FROM = 0.05
"""Weights below this stay without a number."""
LABEL_SIZE, NUMBER_SIZE = 14, 12
ROW_HEIGHTS = (20, 34)
WHOLE_MAP = 640
"""Px. Rows shrink within `ROW_HEIGHTS` to keep the map about this high."""
RIGHT = 52
"""Px for the colour bar."""
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
        compact: for phones: no numbers, slanted labels.

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

    sources = [fit(label(token), longest, LABEL_SIZE) for token in trace.source]
    positions = list(range(columns))
    right_edge = columns - 0.5
    if trace.empty_attention is not None:
        sources.append("empty slots")
        positions.append(columns + GAP_BEFORE_EMPTY)
        right_edge = columns + GAP_BEFORE_EMPTY + 0.5
    outputs = [fit(label(token), longest, LABEL_SIZE) for token in trace.output]
    left = max((text_width(text, LABEL_SIZE, bold=True) for text in outputs), default=0) + 26
    cell = (width - left - RIGHT) / max(right_edge + 0.5, 1)
    row = min(max(WHOLE_MAP // max(steps, 1), ROW_HEIGHTS[0]), ROW_HEIGHTS[1])

    widest = max((text_width(text, LABEL_SIZE) for text in sources), default=0)
    slanted = compact or widest > cell - 4
    heading, rest = _heading(trace, width)
    top = (48 if rest else 30) + (widest * SLANT + 14 if slanted else 26)

    traces = _heatmaps(trace, palette)
    if not compact and cell >= 34 and row >= 20:
        traces.append(_numbers(trace, palette))
    layout = base_layout(palette, top + row * steps + 8, {"l": left, "r": RIGHT, "t": top, "b": 8})
    layout |= {
        "title": title(heading, rest),
        "bargap": 0,
        # Numbers shrink to their cells and vanish below 12 px: right at any real width.
        "uniformtext": {"minsize": NUMBER_SIZE, "mode": "hide"},
        "shapes": _outlines(trace, palette, step, right_edge),
        "xaxis": {
            **_axis(positions, [escape(text) for text in sources]),
            "range": [-0.5, right_edge],
            "side": "top",
            **({"tickangle": -45} if slanted else {"autotickangles": [0, -45, -90]}),
        },
        "yaxis": {
            **_axis(list(range(steps)), _row_labels(trace, outputs, step)),
            "range": [steps - 0.5, -0.5],
        },
    }
    return go.Figure(data=traces, layout=layout)


def _heading(trace: Trace, width: float) -> tuple[str, str]:
    """The figure's sentence, and the rest of it where one line is too short."""
    if trace.forced == 0:
        how = "free-running"
    elif trace.forced >= trace.steps:
        how = "teacher-forced"
    else:
        how = f"first {trace.forced} tokens forced" if trace.forced > 1 else "first token forced"
    if trace.attended:
        how += ", edited rows dashed"
    first, second = "Where it looked: attention, 0 to 1", f"({how})"
    if text_width(f"{first} {second}", 15, bold=True) <= width - 8:
        return f"{first} {second}", ""
    return first, second


def _heatmaps(trace: Trace, palette: Palette) -> list[dict[str, Any]]:
    """The map itself, and the column of the empty slots where the model has them."""
    shared = {
        "type": "heatmap",
        "zmin": 0,
        "zmax": 1,
        "colorscale": plotly_scale(palette.attention_scale),
        "xgap": 2,
        "ygap": 2,
        "hoverinfo": "text",
    }
    steps, columns = trace.attention.shape
    outputs = _whole_names(trace.output)
    sources = _whole_names(trace.source)
    rows = list(range(steps))
    maps = [
        {
            **shared,
            "z": trace.attention,
            "x": list(range(columns)),
            "y": rows,
            "hovertext": [
                [
                    f"output {output} ← source {source}: {weight(value)}"
                    for source, value in zip(sources, values, strict=True)
                ]
                for output, values in zip(outputs, trace.attention.tolist(), strict=True)
            ],
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
        start = columns + GAP_BEFORE_EMPTY - 0.5
        maps.append(
            {
                **shared,
                "z": trace.empty_attention[:, None],
                # Two edges: a single column has no neighbour to take its width from.
                "x": [start, start + 1],
                "y": rows,
                "showscale": False,
                "hovertext": [
                    [f"output {output} ← empty slots: {weight(value)}"]
                    for output, value in zip(outputs, trace.empty_attention.tolist(), strict=True)
                ],
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
        "text": [weight(value) for value in values],
        "textfont": {
            "size": NUMBER_SIZE,
            "color": [on_colour(scale_colour(palette.attention_scale, v)) for v in values],
        },
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "hoverinfo": "skip",
    }


def _whole_names(tokens: tuple[str, ...]) -> list[str]:
    """Whole tokens in quotation marks, repeated ones with their place."""
    return [
        f"«{hover_label(token)}»{place}"
        for token, place in zip(tokens, places(tokens), strict=True)
    ]


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


def _axis(positions: list[float], labels: list[str]) -> dict[str, Any]:
    return {
        "tickmode": "array",
        "tickvals": positions,
        "ticktext": labels,
        "tickfont": {"size": LABEL_SIZE},
        "ticks": "",
        "ticklabelstandoff": 4,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
    }

"""The most probable tokens of one step, as bars."""

from __future__ import annotations

from typing import Any, NamedTuple

import plotly.graph_objects as go

from s2s.plots.base import HIDDEN_AXIS, LONGEST_TILE, base_layout, check_step, title
from s2s.plots.labels import escape, fit, hover_label, number, percent, text_width
from s2s.plots.palette import Palette
from s2s.results import Trace
from s2s.text import label

TOKEN_SIZE, PERCENT_SIZE, OTHERS_SIZE = 16, 14, 14
ROW = 30
"""Px a candidate; the "others" line takes as much."""
TOP = 34
CHECK = 22
"""Px for the ✓ column."""
RIGHT = 64
"""Px for the per cent column."""


class Row(NamedTuple):
    """One candidate: its token, its probability and whether it was written."""

    token: str
    probability: float
    written: bool


def candidate_rows(trace: Trace, step: int) -> list[Row]:
    """The K candidates of a step, best first; a token that was written against them comes last."""
    check_step(trace, step)
    written = trace.output[step]
    tokens = trace.candidates[step]
    rows = [
        Row(token, float(share), token == written)
        for token, share in zip(tokens, trace.candidate_probabilities[step], strict=True)
    ]
    if written not in tokens:
        rows.append(Row(written, float(trace.probabilities[step]), True))
    return rows


def candidate_bars(
    trace: Trace,
    step: int,
    palette: Palette,
    vocabulary: int,
    heading: str = "Next token",
) -> go.Figure:
    """Draw the candidates of one step, best on top, and what is left for all others.

    The figure's second trace holds the bars: ``x`` is the probability, 0 to 1. The first is the
    track behind them.

    Args:
        trace: a decoded sentence.
        step: 0-based output step.
        palette: the theme's colours.
        vocabulary: how many tokens the model can write.
        heading: such as "Next character".

    Returns:
        A figure with a height and no width; right from 240 px.

    Raises:
        ValueError: there is no such step.
    """
    rows = candidate_rows(trace, step)
    places = list(range(len(rows)))
    names = [fit(label(row.token), LONGEST_TILE - 32, TOKEN_SIZE) for row in rows]
    # One width for all steps of a sentence, so that the bars start at the same place.
    widest = max(
        min(text_width(label(token), TOKEN_SIZE, bold=True), LONGEST_TILE - 32)
        for tokens in (*trace.candidates, trace.output)
        for token in tokens
    )
    left = CHECK + max(widest, 40) + 14

    others = vocabulary - len(rows)
    lines = len(rows) + (others > 0)
    layout = base_layout(palette, TOP + ROW * lines, {"l": left, "r": RIGHT, "t": TOP, "b": 0})
    layout |= {
        "title": title(escape(heading)),
        "bargap": 0.7,
        "xaxis": {**HIDDEN_AXIS, "range": [0, 1]},
        "yaxis": {**HIDDEN_AXIS, "range": [lines - 0.5, -0.5]},
        "annotations": _texts(rows, names, left, palette),
    }
    if others > 0:
        rest = max(1 - sum(row.probability for row in rows), 1e-9)  # never exactly nothing
        name = f"{number(others)} {'other' if others == 1 else 'others'}"
        line = len(rows)
        layout["annotations"] += [
            _text(name, line, palette.muted, OTHERS_SIZE, shift=CHECK - left),
            _text(percent(rest), line, palette.muted, PERCENT_SIZE, shift=RIGHT, right=True),
        ]
    shared = {"type": "bar", "orientation": "h", "y": places, "hoverinfo": "text"}
    hover = [
        f"«{hover_label(row.token)}»: {percent(row.probability)} ({row.probability:.3g})"
        for row in rows
    ]
    colours = [palette.text if row.written else palette.bar for row in rows]
    track = {"color": palette.surface, "cornerradius": 2, "line": {"width": 0}}
    # The outline keeps a bar of a few per mille visible.
    bars = {"color": colours, "cornerradius": 2, "line": {"width": 1, "color": colours}}
    return go.Figure(
        data=[
            {**shared, "x": [1] * len(rows), "marker": track, "hovertext": hover},
            {
                **shared,
                "x": [row.probability for row in rows],
                "marker": bars,
                "hovertext": hover,
            },
        ],
        layout=layout,
    )


def _texts(
    rows: list[Row], names: list[str], left: float, palette: Palette
) -> list[dict[str, Any]]:
    """✓, token and per cent of each row."""
    texts = []
    for place, (row, name) in enumerate(zip(rows, names, strict=True)):
        token, share = escape(name), percent(row.probability)
        colour = palette.muted
        if row.written:
            token, share, colour = f"<b>{token}</b>", f"<b>{share}</b>", palette.text
            texts.append(_text("✓", place, palette.text, PERCENT_SIZE, shift=2 - left))
        texts.append(_text(token, place, palette.text, TOKEN_SIZE, shift=CHECK - left))
        texts.append(_text(share, place, colour, PERCENT_SIZE, shift=RIGHT, right=True))
    return texts


def _text(
    text: str, line: float, colour: str, size: int, shift: float, right: bool = False
) -> dict[str, Any]:
    """A text on a line, `shift` px from the bars' left edge or, right-aligned, their right edge."""
    return {
        "text": text,
        "xref": "paper",
        "x": 1 if right else 0,
        "xanchor": "right" if right else "left",
        "xshift": shift,
        "yref": "y",
        "y": line,
        "yanchor": "middle",
        "showarrow": False,
        "font": {"size": size, "color": colour},
    }

"""A training that can be replayed: curves, map, bars and text of an epoch move together.

The figure is plain data for Plotly: one frame an epoch, a slider and a Play button, so that the
browser moves all of it without asking the server. A frame holds only what Plotly moves without
drawing the figure anew: lines, bars and texts as traces, notes and pictures that hang on an axis.
Colours, marks and labels are those of the other figures; every label is escaped, for Plotly reads
some tags.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from s2s.plots.palette import LIGHT, Palette
from s2s.plots.replay_column import CURVES, MAP, Column, axis_line
from s2s.plots.replay_curves import curves, scored
from s2s.plots.replay_frame import MARGIN, Told, frame_layout, nearest, note, transport
from s2s.results.replay import Replay
from s2s.text.language import tr

DECADES = 8
"""Powers of ten that a gradient's colour and height span at most."""
ROW, LOWEST, HIGHEST = 14, 430, 530
"""Px: of a map's row, and of the figure. The highest is whole in a laptop's window."""


def epochs_of(models: Sequence[Told]) -> list[int]:
    """The epochs of a replay: all that any of the models kept."""
    return sorted({epoch for one in models if one.replay for epoch in one.replay.epochs})


def replay_figure(
    models: Sequence[Told], behind: Sequence[Told] = (), step: int = 0, score: str = "exact_match",
    palette: Palette = LIGHT, at: int | None = None, planned: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Curves on the left, then a column for each model: its map, and what reached one token.

    Args:
        models: one or two, of one sentence.
        behind: drawn as grey curves alone.
        step: 0-based output token whose gradients are the bars.
        score: what the second curve shows, "bleu" or "exact_match".
        palette: the theme's colours.
        at: the epoch that is shown first; None for the last.
        planned: epochs of a run that is not done, so that the curves keep their room.

    Raises:
        ValueError: where no model has a sentence.
    """
    epochs = epochs_of(models)
    if not epochs:
        raise ValueError("nothing to replay")
    at = nearest(epochs, at)
    span = _span([one.replay for one in models if one.replay])
    last = max([planned or 1, *(r.epoch for one in (*models, *behind) for r in one.reports)])
    columns = [
        Column(one, place, len(models), step, score, palette, span)
        for place, one in enumerate(models)
    ]
    fixed = curves(models, behind, score, palette)
    heads = _heads(models, score, palette)

    def moving(epoch: int) -> list[dict[str, Any]]:
        return [trace for column in columns for trace in column.traces(epoch)]

    def hung(epoch: int) -> dict[str, list[dict[str, Any]]]:
        return {
            "annotations": [*heads, *(told for one in columns for told in one.notes(epoch))],
            "images": [one.picture(epoch) for one in columns],
        }

    moved = list(range(len(fixed), len(fixed) + len(moving(at))))
    layout = frame_layout(palette, _height(columns)) | _curve_axes(models, score, palette, last)
    for column in columns:
        layout |= column.layout()
    return {
        "data": [*fixed, *moving(at), *(column.lattice() for column in columns)],
        "layout": layout | {**hung(at), **transport(epochs, at, palette, False)},
        "frames": [
            {"name": str(epoch), "data": moving(epoch), "traces": moved,
             "layout": hung(epoch)}
            for epoch in epochs
        ],
    }  # fmt: skip


def _height(columns: Sequence[Column]) -> int:
    """Px; more where an epoch wrote much, so that the tokens beside a map do not touch."""
    rows = max(column.rows for column in columns)
    return min(
        max(LOWEST, MARGIN["t"] + MARGIN["b"] + round(ROW * rows / (MAP[1] - MAP[0]))), HIGHEST
    )


def _span(replays: Sequence[Replay]) -> tuple[float, float]:
    """The powers of ten that all gradients lie between, all epochs and models together."""
    values = np.concatenate([
        np.concatenate([moment.encoder.ravel(), moment.decoder.ravel()])
        for one in replays for moment in one.moments
    ])  # fmt: skip
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return -1.0, 0.0
    high = float(math.ceil(math.log10(values.max())))
    return max(float(math.floor(math.log10(values.min()))), high - DECADES), high


def _curve_axes(models: Sequence[Told], score: str, palette: Palette, last: int) -> dict[str, Any]:
    """The axes of loss and score, which stay as they are from the first epoch to the last."""
    line, both = axis_line(palette), scored(models, score)
    curve_x = line | {"domain": [0, CURVES], "range": [0.5, last + 0.5], "showgrid": False,
                      "tickformat": "d", "nticks": 6}  # fmt: skip
    return {
        "xaxis": curve_x | {"anchor": "y", "showticklabels": not both},
        "yaxis": line | {"domain": [0.56 if both else 0, 1], "rangemode": "tozero", "nticks": 5},
        "xaxis2": curve_x | {"anchor": "y2", "matches": "x", "visible": both},
        "yaxis2": line | {"visible": both, "domain": [0, 0.42], "nticks": 4, "anchor": "x2",
                          "range": [0, 104] if score == "exact_match" else None,
                          "rangemode": "tozero"},
    }  # fmt: skip


def _heads(models: Sequence[Told], score: str, palette: Palette) -> list[dict[str, Any]]:
    """What stands over the curves."""
    found = [note(tr("<b>Loss</b>, teacher forcing"), 0, 1.02, palette)]
    if scored(models, score):
        what = (
            tr("<b>BLEU</b>, held-out pairs, by itself")
            if score == "bleu"
            else tr("<b>Right, %</b>, held-out pairs, by itself")
        )
        found.append(note(what, 0, 0.44, palette))
    return found

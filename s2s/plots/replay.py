"""A training that can be replayed: curves, map, bars and text of an epoch move together.

The figure is plain data for Plotly: one frame an epoch, a slider and a Play button, so that the
browser moves all of it without asking the server. Colours, marks and labels are those of the other
figures; every label is escaped, for Plotly reads some tags.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from s2s.plots.palette import LIGHT, Palette
from s2s.plots.replay_curves import curve, curves, scored
from s2s.plots.replay_frame import (
    SMALL,
    SYMBOLS,
    Told,
    frame_layout,
    labels,
    narrow,
    nearest,
    note,
    short,
    shown,
    transport,
)
from s2s.results import Array
from s2s.results.replay import Moment, Replay
from s2s.text import label
from s2s.text.numbers import number

CURVES, GAP = 0.25, 0.075
"""Shares of the width: the curves, and the room between columns."""
DECADES = 8
"""Powers of ten that a gradient's colour and height span at most."""


def epochs_of(models: Sequence[Told]) -> list[int]:
    """The epochs of a replay: all that any of the models kept."""
    return sorted({epoch for one in models if one.replay for epoch in one.replay.epochs})


def replay_figure(
    models: Sequence[Told], behind: Sequence[Told] = (), step: int = 0, score: str = "exact_match",
    palette: Palette = LIGHT, at: int | None = None, planned: int | None = None,
    height: int = 430,
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
        height: px.

    Raises:
        ValueError: where no model has a sentence.
    """
    epochs = epochs_of(models)
    if not epochs:
        raise ValueError("nothing to replay")
    at = nearest(epochs, at)
    span = _span([one.replay for one in models if one.replay])
    last = max([planned or 1, *(r.epoch for one in (*models, *behind) for r in one.reports)])
    layout = _layout(models, step, score, palette, last, span, height)
    fixed = curves(models, behind, score, palette)
    moving = _moving(models, step, score, palette, at, span)
    frames = [
        {
            "name": str(epoch),
            "data": _moving(models, step, score, palette, epoch, span),
            "traces": list(range(len(fixed), len(fixed) + len(moving))),
            "layout": _told(models, step, score, palette, epoch),
        }
        for epoch in epochs
    ]
    layout |= {
        **_merged(layout, _told(models, step, score, palette, at)),
        **transport(epochs, at, palette),
    }
    return {"data": fixed + moving, "layout": layout, "frames": frames}


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


def _axes(column: int) -> tuple[str, str]:
    """Numbers of the axes of a column's map and of its bars."""
    return str(3 + 2 * column), str(4 + 2 * column)


def _domain(column: int, count: int) -> list[float]:
    width = (1 - CURVES - GAP * count) / count
    left = CURVES + GAP + column * (width + GAP)
    return [left, min(1.0, left + width)]


def _layout(
    models: Sequence[Told], step: int, score: str, palette: Palette, last: int,
    span: tuple[float, float], height: int,
) -> dict[str, Any]:  # fmt: skip
    """Axes that stay as they are from the first epoch to the last."""
    # To look for labels that reach too far is a third of what a frame costs.
    line = {
        "ticklabeloverflow": "allow", "gridcolor": palette.line, "zeroline": False,
        "fixedrange": True, "tickfont": {"color": palette.muted, "size": SMALL},
        "showline": False,
    }  # fmt: skip
    curve_x = line | {"domain": [0, CURVES], "range": [0.5, last + 0.5], "showgrid": False,
                      "tickformat": "d", "nticks": 6}  # fmt: skip
    both = scored(models, score)
    found = frame_layout(palette, height) | {
        "xaxis": curve_x | {"anchor": "y", "showticklabels": not both},
        "yaxis": line | {"domain": [0.56 if both else 0, 1], "rangemode": "tozero", "nticks": 5},
        "xaxis2": curve_x | {"anchor": "y2", "matches": "x", "visible": both},
        "yaxis2": line | {"visible": both, "domain": [0, 0.42], "nticks": 4, "anchor": "x2",
                          "range": [0, 104] if score == "exact_match" else None,
                          "rangemode": "tozero"},
    }  # fmt: skip
    for column, one in enumerate(models):
        assert one.replay is not None
        top, bottom = _axes(column)
        domain = _domain(column, len(models))
        tall = max(len(moment.output) for moment in one.replay.moments)
        source = len(one.replay.tokens)
        bare = line | {"showgrid": False, "tickangle": 0}
        found |= {
            f"xaxis{top}": bare | {
                "domain": domain, "anchor": f"y{top}", "side": "top", "tickmode": "array",
                "tickvals": list(range(source)), "range": [-0.5, source - 0.5],
                "ticktext": labels(one.replay.tokens),
                "tickangle": 0 if narrow(one.replay.tokens) else -40,
            },
            f"yaxis{top}": bare | {
                "domain": [0.47, 0.93], "anchor": f"x{top}", "range": [tall - 0.5, -0.5],
                "tickmode": "array",
            },
            f"xaxis{bottom}": bare | {
                "domain": domain, "anchor": f"y{bottom}", "tickmode": "array",
                "range": [-0.5, source + min(step + 1, tall) + 0.5],
                "tickangle": 0 if narrow(one.replay.tokens) else -40,
            },
            f"yaxis{bottom}": line | {
                "domain": [0, 0.33], "anchor": f"x{bottom}", "type": "log", "range": list(span),
                "dtick": max(1, math.ceil((span[1] - span[0]) / 4)), "exponentformat": "power",
            },
        }  # fmt: skip
    return found


def _moving(
    models: Sequence[Told], step: int, score: str, palette: Palette, epoch: int,
    span: tuple[float, float],
) -> list[dict[str, Any]]:  # fmt: skip
    """What an epoch's frame draws: a mark on each curve, the maps, the bars."""
    traces: list[dict[str, Any]] = []
    for column, one in enumerate(models):
        assert one.replay is not None
        moment = one.replay.at(epoch)
        top, bottom = _axes(column)
        for axis, measure in (("", "loss"), ("2", score)):
            points = [p for p in zip(*curve(one, measure), strict=True) if p[0] <= epoch][-1:]
            traces.append({
                "type": "scatter", "mode": "markers", "xaxis": f"x{axis}", "yaxis": f"y{axis}",
                "x": [x for x, _ in points], "y": [y for _, y in points], "hoverinfo": "skip",
                "marker": {"size": 10, "color": one.family.colour(palette),
                           "symbol": SYMBOLS[one.family.name],
                           "line": {"color": palette.background, "width": 1.5}},
            })  # fmt: skip
        traces.append(_map(moment, one.replay, palette, span) | {
            "xaxis": f"x{top}", "yaxis": f"y{top}"})  # fmt: skip
        reached = moment.reached(min(step, len(moment.output) - 1))
        source = len(one.replay.tokens)
        traces.append({
            "type": "bar", "xaxis": f"x{bottom}", "yaxis": f"y{bottom}",
            "x": [*range(source), *range(source + 1, len(reached) + 1)],
            "y": short(np.maximum(reached, 10.0 ** span[0])),
            "marker": {"color": [palette.gradient] * source
                       + [palette.muted] * (len(reached) - source)},
            "hovertemplate": "%{y:.3g}<extra></extra>",
        })  # fmt: skip
    return traces


def _map(
    moment: Moment, replay: Replay, palette: Palette, span: tuple[float, float]
) -> dict[str, Any]:
    """The attention of an epoch, or without attention the gradients of every token."""
    attends = moment.attention is not None
    values: Array = moment.encoder if moment.attention is None else moment.attention
    with np.errstate(divide="ignore"):
        z = values if attends else np.maximum(np.log10(values), span[0])
    scale = palette.attention_scale if attends else palette.gradient_scale
    places = np.linspace(0, 1, len(scale)).tolist()
    low, high = (0.0, 1.0) if attends else span
    return {
        "type": "heatmap", "z": short(z), "zmin": low, "zmax": high,
        "showscale": False, "xgap": 1, "ygap": 1,
        "colorscale": [list(pair) for pair in zip(places, scale, strict=True)],
        "hovertemplate": ("weight %{z:.3f}" if attends else "gradient 10^%{z:.2f}")
        + "<extra></extra>",
    }  # fmt: skip


def _told(
    models: Sequence[Told], step: int, score: str, palette: Palette, epoch: int
) -> dict[str, Any]:
    """What an epoch's frame says: the tokens beside the maps, what was written, the titles."""
    found: dict[str, Any] = {}
    notes = [note("<b>Loss</b>, teacher forcing", 0, 1.02, palette)]
    if scored(models, score):
        what = "BLEU" if score == "bleu" else "Right, %"
        notes.append(note(f"<b>{what}</b>, held-out pairs, by itself", 0, 0.44, palette))
    for column, one in enumerate(models):
        assert one.replay is not None
        moment = one.replay.at(epoch)
        top, bottom = _axes(column)
        row = min(step, len(moment.output) - 1)
        found[f"yaxis{top}"] = {
            "tickvals": list(range(len(moment.output))),
            "ticktext": [
                f"<b>▸ {name}</b>" if place == row else name
                for place, name in enumerate(labels(moment.output))
            ],
        }
        source = len(one.replay.tokens)
        found[f"xaxis{bottom}"] = {
            "tickvals": [*range(source), *range(source + 1, source + row + 2)],
            "ticktext": labels([*one.replay.tokens, *moment.output[: row + 1]]),
        }
        left = _domain(column, len(models))[0]
        what = "Where it looked" if moment.attention is not None else "No attention: gradients"
        notes += [
            note(f"{_mark(one, palette)} <b>{shown(label(one.name))}</b>, {what}:", left, 1.13,
                  palette),
            note(shown(written(one.replay, moment)), left, 1.06, palette, 14),
            note(f"<b>What reached</b> {shown(label(moment.output[row], 16))} "
                  f"({number(100 * float(moment.probabilities[row]), 1)} % sure), log",
                  left, 0.40, palette),
        ]  # fmt: skip
    return found | {"annotations": notes}


def written(replay: Replay, moment: Moment) -> str:
    """What was written, as one line."""
    joint = "" if narrow(moment.output[:-1]) and len(moment.output) > 3 else " "
    return label(joint.join(moment.output), 60).replace("␣", " ")


def _merged(layout: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The parts of a layout with those of a frame laid over them."""
    return {
        key: layout.get(key, {}) | value if isinstance(value, dict) else value
        for key, value in more.items()
    }


def _mark(one: Told, palette: Palette) -> str:
    return f'<span style="color:{one.family.colour(palette)}">{one.family.mark}</span>'

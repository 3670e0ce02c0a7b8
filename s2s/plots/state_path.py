"""The way of the hidden state through three dimensions, forming over the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from s2s.plots.palette import LIGHT, Palette
from s2s.plots.replay_frame import (
    DASHES,
    Told,
    frame_layout,
    labels,
    nearest,
    note,
    shown,
    transport,
)
from s2s.results import Array
from s2s.results.projection import Projection
from s2s.results.replay import projection
from s2s.text import label
from s2s.text.numbers import percent

ENDS = {"attention": ("circle-open", "circle"), "peeky": ("diamond-open", "diamond"),
        "plain": ("square-open", "square")}  # fmt: skip
"""A family's mark where a token is read, hollow, and where one is written, filled."""


def together(models: Sequence[Told]) -> list[Told]:
    """Those that share one scene: as many units as the first has, and at least three."""
    found = [one for one in models if one.replay and one.replay.moments[0].one_space]
    sizes = [one.replay.moments[0].path().shape[1] for one in found if one.replay]
    return [one for one, size in zip(found, sizes, strict=True) if size == sizes[0]]


def path_figure(
    models: Sequence[Told], palette: Palette = LIGHT, at: int | None = None, height: int = 430
) -> dict[str, Any]:
    """h1 → … → hS → s1 → … → sT of each model in one scene: hollow reads, filled writes.

    Args:
        models: from `together`; not empty.
        palette: the theme's colours.
        at: the epoch that is shown first; None for the last.
        height: px.
    """
    replays = [one.replay for one in models if one.replay is not None]
    view = projection(replays)
    epochs = sorted({epoch for replay in replays for epoch in replay.epochs})
    at = nearest(epochs, at)
    points = np.concatenate([view(m.path()) for one in replays for m in one.moments])
    traces = _paths(models, view, palette, at)
    layout = frame_layout(palette, height) | transport(epochs, at, palette) | {
        "scene": _scene(points, view, palette),
        "margin": {"l": 0, "r": 0, "t": 28, "b": 96},
        "annotations": [note(caption(models, view), 0, 1.0, palette)],
    }  # fmt: skip
    frames = [
        {"name": str(epoch), "data": _paths(models, view, palette, epoch),
         "traces": list(range(len(traces)))}
        for epoch in epochs
    ]  # fmt: skip
    return {"data": traces, "layout": layout, "frames": frames}


def caption(models: Sequence[Told], view: Projection) -> str:
    """What the axes are, and how much of the states they show."""
    names = " and ".join(f"{one.family.mark} {shown(label(one.name))}" for one in models)
    if view.exact:
        return f"<b>{names}</b>: the three units themselves, nothing left out"
    shares = ", ".join(percent(float(share)) for share in view.explained)
    total = percent(float(view.explained.sum()))
    return f"<b>{names}</b>: three main directions of all epochs, {shares}: {total} of the variance"


def _scene(points: Array, view: Projection, palette: Palette) -> dict[str, Any]:
    names = ("unit 1", "unit 2", "unit 3") if view.exact else ("first", "second", "third")
    found: dict[str, Any] = {"aspectmode": "cube", "camera": {"eye": {"x": 1.2, "y": 1.2,
                                                                      "z": 0.6}}}  # fmt: skip
    for place, (axis, name) in enumerate(zip("xyz", names, strict=True)):
        low, high = float(points[:, place].min()), float(points[:, place].max())
        room = max(0.05 * (high - low), 1e-3)
        found[f"{axis}axis"] = {
            "title": {"text": name}, "range": [low - room, high + room], "color": palette.muted,
            "gridcolor": palette.line, "zerolinecolor": palette.line, "showbackground": False,
            "nticks": 4, "showspikes": False,
        }  # fmt: skip
    return found


def _paths(
    models: Sequence[Told], view: Projection, palette: Palette, epoch: int
) -> list[dict[str, Any]]:
    traces: list[dict[str, Any]] = []
    for one in models:
        assert one.replay is not None
        moment = one.replay.at(epoch)
        places = view(moment.path())
        reads = len(one.replay.tokens)
        colour = one.family.colour(palette)
        hollow, filled = ENDS[one.family.name]
        names = [
            *(f"reads {name}" for name in labels(one.replay.tokens)),
            *(f"writes {name}" for name in labels(moment.output)),
        ]
        for part, symbol in ((slice(0, reads), hollow), (slice(reads - 1, None), filled)):
            mine = places[part]
            # The last state that reads is also where the writing starts: one mark is enough.
            size = [5] * len(mine) if part.start == 0 else [0.1, *[6] * (len(mine) - 1)]
            tokens = one.replay.tokens if part.start == 0 else ("", *moment.output)
            traces.append({
                "type": "scatter3d", "mode": "lines+markers+text",
                **{axis: np.round(mine[:, place], 4).tolist()
                   for place, axis in enumerate("xyz")},
                "text": [_literal(token) for token in tokens],
                "textfont": {"color": colour, "size": 11},
                "textposition": "top center", "hovertext": names[part], "hoverinfo": "text",
                "line": {"color": colour, "width": 4 if part.start else 2,
                         "dash": DASHES[one.family.name]},
                "marker": {"color": colour, "size": size, "symbol": symbol},
            })  # fmt: skip
    return traces


def _literal(token: str) -> str:
    """A token inside a scene, where Plotly reads some tags and no escapes."""
    return label(token, 12).replace("<", "‹").replace(">", "›").replace("&", "＆")

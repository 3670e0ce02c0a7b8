"""The way of the hidden state through three dimensions, forming over the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from s2s.plots.families import Family
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
from s2s.text.language import tr
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
    named = [f"{one.family.mark} {shown(label(one.name))}" for one in models]
    names = named[0] if len(named) == 1 else tr("{items} and {more}", items=", ".join(named[:-1]),
                                                more=named[-1])  # fmt: skip
    if view.exact:
        return tr("<b>{models}</b>: the three units themselves, nothing left out", models=names)
    shares = ", ".join(percent(float(share)) for share in view.explained)
    total = percent(float(view.explained.sum()))
    return tr(
        "<b>{models}</b>: three main directions of all epochs, {shares}: {total} of the variance",
        models=names, shares=shares, total=total,
    )  # fmt: skip


def _scene(points: Array, view: Projection, palette: Palette) -> dict[str, Any]:
    names = (
        tuple(tr("unit {n}", n=n) for n in (1, 2, 3))
        if view.exact
        else (tr("first"), tr("second"), tr("third"))
    )
    found: dict[str, Any] = {"aspectmode": "cube", "camera": {"eye": {"x": 1.2, "y": 1.2,
                                                                      "z": 0.6}}}  # fmt: skip
    for place, (axis, name) in enumerate(zip("xyz", names, strict=True)):
        found[f"{axis}axis"] = axis_of(points[:, place], name, palette) | {"showspikes": False}
    return found


def axis_of(values: Array, name: str, palette: Palette) -> dict[str, Any]:
    """An axis that holds these values and stays as it is."""
    low, high = float(values.min()), float(values.max())
    room = max(0.05 * (high - low), 1e-3)
    return {
        "title": {"text": name}, "range": [low - room, high + room], "color": palette.muted,
        "gridcolor": palette.line, "zerolinecolor": palette.line, "showbackground": False,
        "nticks": 4,
    }  # fmt: skip


def _paths(
    models: Sequence[Told], view: Projection, palette: Palette, epoch: int
) -> list[dict[str, Any]]:
    traces: list[dict[str, Any]] = []
    for one in models:
        assert one.replay is not None
        moment = one.replay.at(epoch)
        places = view(moment.path())
        traces += way(one.replay.tokens, moment.output, places, one.family, palette)
    return traces


def way(
    source: Sequence[str], output: Sequence[str], places: Array, family: Family, palette: Palette
) -> list[dict[str, Any]]:
    """One sentence's way as two lines, hollow marks where it reads and filled where it writes.

    Args:
        source: S tokens; none where that side lies in another space.
        output: T tokens, likewise.
        places: [S + T, 3].
        family: of the model.
        palette: the theme's colours.
    """
    reads, colour = len(source), family.colour(palette)
    hollow, filled = ENDS[family.name]
    names = [
        *(tr("reads {token}", token=name) for name in labels(source)),
        *(tr("writes {token}", token=name) for name in labels(output)),
    ]
    traces: list[dict[str, Any]] = []
    # The last state that reads is also where the writing starts: one mark is enough.
    joint = 1 if reads and len(output) else 0
    for part, symbol in ((slice(0, reads), hollow), (slice(reads - joint, None), filled)):
        mine = places[part]
        writes = symbol == filled
        if not len(mine):
            continue
        size = [0.1] * joint + [6] * (len(mine) - joint) if writes else [5] * len(mine)
        tokens = [""] * joint + list(output) if writes else source
        traces.append({
            "type": "scatter3d", "mode": "lines+markers+text",
            **{axis: np.round(mine[:, place], 4).tolist() for place, axis in enumerate("xyz")},
            "text": [_literal(token) for token in tokens],
            "textfont": {"color": colour, "size": 11},
            "textposition": "top center", "hovertext": names[part], "hoverinfo": "text",
            "line": {"color": colour, "width": 4 if writes else 2, "dash": DASHES[family.name]},
            "marker": {"color": colour, "size": size, "symbol": symbol},
        })  # fmt: skip
    return traces


def _literal(token: str) -> str:
    """A token inside a scene, where Plotly reads some tags and no escapes."""
    return label(token, 12).replace("<", "‹").replace(">", "›").replace("&", "＆")

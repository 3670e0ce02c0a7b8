"""One sentence's path through a corpus of states, coloured by what is known of them.

Plain data for Plotly. The axes hold the whole corpus and the path, whatever step is looked at: the
ring moves, the picture stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2s.plots.families import Family
from s2s.plots.palette import LIGHT, Palette
from s2s.plots.replay_frame import frame_layout, labels, note, shown
from s2s.plots.state_path import axis_of, way
from s2s.results import Array
from s2s.results.state_corpus import END, NEXT, SIDES
from s2s.results.state_space import StatePath, StateSpace
from s2s.text import label
from s2s.text.language import N_, tr
from s2s.text.numbers import percent

MOST_VALUES = 5
"""Values that have a colour and a mark of their own: the commonest; the rest is grey."""
MARKS = ("circle", "square", "diamond", "cross", "diamond-open")
"""In a scene Plotly draws a mark as a letter; that of its ``x`` is in few fonts."""
OTHERS = N_("others")
LONGEST = 18
TITLE, UNDER_AXIS, LEGEND = 44, 44, 46
"""Px of the title, of an axis' numbers and title, and of the legend: two lines on a phone."""

EXACT = (N_("{model}: the three units themselves"), N_("{model}: two of the three units"))
"""In a scene, and flat."""
ROOM = {"x": 0.1, "y": 0.06}
"""Of a flat axis' length on each side, for the tokens at the outer marks."""


@dataclass(frozen=True, eq=False)
class Around:
    """What a path is drawn among.

    Attributes:
        space: its directions, and the states that are drawn.
        attribute: what colours them.
        values: side to the attribute of each state drawn; empty where it is not known.
    """

    space: StateSpace
    attribute: str
    values: Mapping[str, Sequence[str]]


def scene_figure(
    name: str,
    path: StatePath,
    family: Family,
    at: tuple[str, int],
    around: Around | None,
    palette: Palette = LIGHT,
    flat: bool = False,
    height: int = 400,
) -> dict[str, Any]:
    """The path, the states around it, and a ring where it is looked at.

    Args:
        name: of the model.
        path: one sentence's.
        family: of the model.
        at: side and 0-based token of the ring.
        around: the corpus; None for the path alone.
        palette: the theme's colours.
        flat: the first two directions alone.
        height: px.
    """
    points = np.concatenate([path.encoder, path.decoder])
    clouds = around.space.clouds if around else {}
    every = np.concatenate([points, *(cloud.points for cloud in clouds.values())])
    traces = [] if around is None else _clouds(around, palette)
    source, output = (
        tokens if len(there) else ()
        for tokens, there in ((path.source, path.encoder), (path.output, path.decoder))
    )
    line = way(source, output, points, family, palette)
    for trace, steps in zip(line, _steps(len(source), len(output)), strict=True):
        trace |= {"customdata": steps, "showlegend": False}
        if flat:  # escapes are read here, and tags
            written = labels(source) if steps[0].startswith("h") and trace is line[0] else (
                [""] * (len(steps) - len(output)) + labels(output)
            )  # fmt: skip
            trace |= {"text": written, "mode": trace["mode"], "line": {
                "color": trace["line"]["color"], "width": trace["line"]["width"] / 2,
                "dash": trace["line"]["dash"],
            }}  # fmt: skip
    traces += [*line, *_ring(path, at, palette)]
    if flat:
        traces = [_flattened(trace) for trace in traces]
    legend = {
        "orientation": "h", "x": 0, "y": -0.02, "yanchor": "top", "itemwidth": 30,
        "itemsizing": "constant", "font": {"size": 11, "color": palette.text},
        "bgcolor": "rgba(0,0,0,0)",
    }  # fmt: skip
    room: dict[str, Any] = {
        "margin": {"l": 0, "r": 0, "t": TITLE, "b": LEGEND}, "uirevision": "stays",
        "annotations": [note(caption(name, path, family, flat), 0, 1.0, palette)],
        "showlegend": any(trace.get("showlegend") for trace in traces),
    }  # fmt: skip
    if flat:
        room |= _flat_axes(every, path, palette)
        below = room["margin"]["b"] - LEGEND
        legend["y"] = -below / (height - TITLE - below - LEGEND)
    else:
        room |= _axes(every, path, palette)
    return {"data": traces, "layout": frame_layout(palette, height) | room | {"legend": legend}}


def caption(name: str, path: StatePath, family: Family, flat: bool = False) -> str:
    """Whose path it is, and how much of the states the figure shows."""
    who = f"<b>{family.mark} {shown(label(name))}</b>"
    if path.exact:
        return tr(EXACT[flat], model=who)
    drawn = [float(share) for share in path.explained[: 2 if flat else 3]]
    return tr("{model}: {n} directions hold {total}<br>of the spread ({shares})", model=who,
              n=len(drawn), total=percent(sum(drawn)),
              shares=" + ".join(map(percent, drawn)))  # fmt: skip


def _steps(reads: int, writes: int) -> list[list[str]]:
    """For each of the lines of `way` the name of the state at each mark: h1 …, s1 …."""
    read, written = ([f"{letter}{n + 1}" for n in range(count)]
                     for letter, count in (("h", reads), ("s", writes)))  # fmt: skip
    joint = read[-1:] if read and written else []
    return [steps for steps in (read, [*joint, *written] if written else []) if steps]


def _clouds(around: Around, palette: Palette) -> list[dict[str, Any]]:
    """The corpus's states by their value: a colour and a mark each, or a scale where it counts."""
    points = np.concatenate([around.space.clouds[side].points for side in SIDES
                             if side in around.space.clouds])  # fmt: skip
    values = [v for side in SIDES if side in around.space.clouds for v in around.values[side]]
    known = [v for v in values if v]
    if known and all(v.isdecimal() for v in known):
        return _scaled(points, values, around.attribute, palette)
    common = [value for value, _ in Counter(known).most_common(MOST_VALUES)]
    colours = (palette.attention, palette.gradient, palette.peeky, palette.edit, palette.plain)
    traces = []
    for value, mark, colour in zip(common, MARKS, colours, strict=False):
        mine = [n for n, v in enumerate(values) if v == value]
        last = (around.attribute, value) == (NEXT, END)
        told = tr(END) if last else shown(label(value, LONGEST))
        traces.append(_cloud(points[mine], told, colour, mark, 0.5))
    rest = [n for n, v in enumerate(values) if v not in common]
    if rest:
        told = (
            tr(OTHERS) if common
            else tr("{attribute}: not known", attribute=tr(around.attribute))
        )  # fmt: skip
        traces.insert(0, _cloud(points[rest], told, palette.bar, "circle", 0.25))
    return traces


def _scaled(
    points: Array, values: Sequence[str], attribute: str, palette: Palette
) -> list[dict[str, Any]]:
    mine = [n for n, v in enumerate(values) if v]
    trace = _cloud(points[mine], tr(attribute), palette.bar, "circle", 0.6)
    scale = palette.attention_scale[1:]
    trace["marker"] |= {
        "color": [int(values[n]) for n in mine],
        "colorscale": [[n / (len(scale) - 1), colour] for n, colour in enumerate(scale)],
        "colorbar": {"title": {"text": shown(tr(attribute)), "side": "right"}, "thickness": 8,
                     "len": 0.6, "tickfont": {"color": palette.muted, "size": 11}},
    }  # fmt: skip
    return [trace | {"showlegend": False}]


def _cloud(
    points: Array, name: str, colour: str, mark: str, opacity: float
) -> dict[str, Any]:  # fmt: skip
    return {
        "type": "scatter3d", "mode": "markers", "name": name, "hoverinfo": "name",
        **{axis: np.round(points[:, n], 3).tolist() for n, axis in enumerate("xyz")},
        "marker": {"size": 1.8, "color": colour, "symbol": mark, "opacity": opacity},
        "showlegend": True,
    }  # fmt: skip


def _ring(path: StatePath, at: tuple[str, int], palette: Palette) -> list[dict[str, Any]]:
    points = path.encoder if at[0] == "encoder" else path.decoder
    if at[1] >= len(points):
        return []
    return [{
        "type": "scatter3d", "mode": "markers", "hoverinfo": "skip", "showlegend": False,
        **{axis: [round(float(points[at[1], n]), 4)] for n, axis in enumerate("xyz")},
        "marker": {"size": 11, "symbol": "circle-open", "color": palette.text,
                   "line": {"width": 3, "color": palette.text}},
    }]  # fmt: skip


def _flattened(trace: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in trace.items() if key != "z"} | {"type": "scatter"}
    sizes = found["marker"]["size"]
    wider = [1.3 * size for size in sizes] if isinstance(sizes, list) else 1.6 * sizes
    return found | {"marker": found["marker"] | {"size": wider}}


def _names(path: StatePath) -> tuple[str, str, str]:
    text = N_("unit {n}") if path.exact else N_("direction {n}")
    return tr(text, n=1), tr(text, n=2), tr(text, n=3)


def _axes(points: Array, path: StatePath, palette: Palette) -> dict[str, Any]:
    found: dict[str, Any] = {
        "aspectmode": "cube", "camera": {
            "eye": {"x": 1.5, "y": 1.5, "z": 0.75}, "center": {"x": 0, "y": 0, "z": -0.2},
        },
        "uirevision": "stays",
    }  # fmt: skip
    for place, (axis, name) in enumerate(zip("xyz", _names(path), strict=True)):
        found[f"{axis}axis"] = axis_of(points[:, place], name, palette) | {
            "showspikes": False, "title": {"text": name, "font": {"size": 10}},
            "tickfont": {"size": 10},
        }  # fmt: skip
    return {"scene": found, "dragmode": "turntable"}


def _flat_axes(points: Array, path: StatePath, palette: Palette) -> dict[str, Any]:
    found: dict[str, Any] = {
        "margin": {"l": 44, "r": 8, "t": TITLE, "b": UNDER_AXIS + LEGEND}, "clickmode": "event",
    }  # fmt: skip
    for place, (axis, name) in enumerate(zip("xy", _names(path), strict=False)):
        made = axis_of(points[:, place], name, palette)
        del made["showbackground"]
        low, high = made["range"]
        room = ROOM[axis] * (high - low)
        # Without a standoff the title of the lower axis stands in the legend.
        found[f"{axis}axis"] = made | {
            "title": {"text": name, "standoff": 6}, "range": [low - room, high + room],
        }  # fmt: skip
    return found

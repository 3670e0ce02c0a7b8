"""The paths of a token's gradient as a graph: states in a row, what flows back along each edge."""

from __future__ import annotations

import math
from typing import Any

from s2s.plots.base import Chart, base_spec
from s2s.plots.labels import fit
from s2s.plots.palette import LIGHT, Palette
from s2s.results.two_paths import TwoPaths
from s2s.text.language import tr
from s2s.text.numbers import rounded

UNIT, ARC, NODE = 150, 40, 190
"""Px of a unit of height, points of an arc, area of a state."""
BOTTOM = -0.42
DECADES = 4.0
"""An edge that carries 10^-4 of the largest is as thin as they get."""
MOST_NUMBERED = 16
"""With more states in a row the numbers would lie on each other; they are said on hover."""


def two_paths_chart(found: TwoPaths, step: int, palette: Palette = LIGHT) -> Chart:
    """Draw what flows back from one output token to every state.

    The encoder's states stand in the order in which they are read. Arcs above: through attention.
    Lines between the states: through the recurrence; the number on a line is what arrives at its
    left end, of an encoder that reads both ways from both sides. Widths are logarithmic.

    Args:
        found: of one sentence.
        step: 0-based output token.
        palette: the theme's colours.
    """
    edges = _edges(found, step)
    most = max((edge["size"] for edge in edges), default=0.0)
    names = [f"h{s + 1}" for s in found.places]
    names += [f"s{i + 1}" for i in range(step + 1)]
    words = [*(found.reading.tokens[s] for s in found.places), *found.output[: step + 1]]
    sizes = [
        *found.whole[step, list(found.places)].tolist(),
        *found.decoder[step, : step + 1].tolist(),
    ]
    numbered = len(names) <= MOST_NUMBERED
    places = {"type": "quantitative", "axis": None, "scale": {"domain": [-0.6, len(names) - 0.4]}}
    top = 0.15 if found.attention is None else 1.05
    x, y = {"field": "x"} | places, {
        "field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [BOTTOM, top]},
    }  # fmt: skip
    said = {"tooltip": {"field": "says"}, "description": {"field": "says", "type": "nominal"}}
    layers: list[dict[str, Any]] = []
    for edge in edges:
        colour = palette.attention if edge["way"] == "attention" else palette.gradient
        share = math.log10(edge["size"] / most) / DECADES if edge["size"] and most else -1.0
        layers.append({
            "data": {"values": [{"x": a, "y": b, "says": edge["says"]} for a, b in edge["points"]]},
            "mark": {"type": "line", "color": colour, "strokeWidth": 0.8 + 5 * max(0.0, 1 + share),
                     "opacity": 0.85, "strokeCap": "round"},
            "encoding": {"x": x, "y": y, **said, "order": {"field": "x"}},
        })  # fmt: skip
    nodes = [
        {"x": i, "y": 0.0, "name": name, "word": fit(word, 72, 13),
         "size": rounded(size),
         "says": tr("{state}, {token}: {size} in all", state=name, token=word, size=rounded(size))}
        for i, (name, word, size) in enumerate(zip(names, words, sizes, strict=True))
    ]  # fmt: skip

    def text(field: str, dy: float, **mark: Any) -> dict[str, Any]:
        return {"mark": {"type": "text", "dy": dy, "fontSize": 12, "aria": False, **mark},
                "encoding": {"x": x, "y": y, "text": {"field": field}}}  # fmt: skip

    shown: list[dict[str, Any]] = [
        {"mark": {"type": "point", "filled": True, "size": NODE, "opacity": 1,
                  "color": palette.surface, "stroke": palette.text, "strokeWidth": 1.2},
         "encoding": {"x": x, "y": y, **said}},
        text("name", 0, fontSize=10, color=palette.text),
        text("word", 24, color=palette.text),
    ]  # fmt: skip
    if numbered:
        shown.append(text("size", 40, fontSize=11, fontWeight=600, color=palette.text))
    layers.append({"data": {"values": nodes}, "layer": shown})
    if numbered:
        labels = [
            {"x": edge["label"][0], "y": edge["label"][1], "size": rounded(edge["size"]),
             "colour": palette.attention if edge["way"] == "attention" else palette.gradient}
            for edge in edges
        ]  # fmt: skip
        mark = {"type": "text", "fontSize": 11, "stroke": None, "aria": False}
        layers.append({
            "data": {"values": labels}, "mark": mark,
            "encoding": {"x": x, "y": y, "text": {"field": "size"},
                         "color": {"field": "colour", "type": "nominal", "scale": None}},
        })  # fmt: skip
    title = tr("Back from {token}: {model}", token=f"“{fit(found.output[step], 120, 15)}”",
               model=found.model.split("/")[-1])  # fmt: skip
    return Chart(
        base_spec(palette)
        | {
            "width": 56 * len(names) + 40,
            "height": UNIT * (top - BOTTOM),
            "title": title,
            "layer": layers,
        }
    )


def _edges(found: TwoPaths, step: int) -> list[dict[str, Any]]:
    """Every edge of one token's gradient: its line, its size, and in words."""
    tokens, source = found.reading.tokens, len(found.reading.tokens)
    here = source + step
    edges = []
    # In the order of reading: what flows back goes from each state to the one read before it.
    for at, s in enumerate(found.places):
        word = tokens[s]
        if found.attention is not None:
            size = float(found.attention[step, s])
            top = 0.35 + 0.65 * (here - at) / here
            points = [
                (
                    at + (here - at) * (1 - math.cos(math.pi * k / ARC)) / 2,
                    top * math.sin(math.pi * k / ARC) ** 0.8,
                )
                for k in range(ARC + 1)
            ]
            edges.append({
                "way": "attention", "size": size, "points": points, "label": (at - 0.24, 0.14),
                "says": tr("through attention to {token}: {size}", token=f"“{word}”",
                           size=rounded(size)),
            })  # fmt: skip
        size = float(found.recurrence[step, s])
        edges.append({
            "way": "recurrence", "size": size, "points": [(at, 0.0), (at + 1, 0.0)],
            "label": (at + 0.5, -0.09),
            "says": tr("through the states to {token}: {size}", token=f"“{word}”",
                       size=rounded(size)),
        })  # fmt: skip
    for u in range(step):
        size = float(found.decoder[step, u])
        edges.append({
            "way": "recurrence", "size": size, "points": [(source + u, 0.0), (source + u + 1, 0.0)],
            "label": (source + u + 0.5, -0.09),
            "says": tr("through the states to {token}: {size}", token=f"s{u + 1}",
                       size=rounded(size)),
        })  # fmt: skip
    return edges


def two_paths_finding(found: TwoPaths, step: int) -> str:
    """How the token's gradient comes to the source token that was read first, in one sentence."""
    far = found.places[0]
    token, first = f"“{found.output[step]}”", f"“{found.reading.tokens[far]}”"
    name = found.model.split("/")[-1]
    whole = rounded(float(found.whole[step, far]))
    if found.attention is None:
        return tr(
            "{model}: {size} of the gradient of {token} is left at {first}; all of it came through "
            "the states.",
            model=name, size=whole, token=token, first=first,
        )  # fmt: skip
    direct = rounded(float(found.attention[step, far]))
    rest = rounded(float(found.recurrence[step, far]))
    return tr(
        "{model}: at {first} the gradient of {token} is {size}: {direct} by the short way, through "
        "attention, and {rest} through the states.",
        model=name, first=first, token=token, size=whole, direct=direct, rest=rest,
    )  # fmt: skip

"""A beam search as a tree: steps from left to right, each step's hypotheses best on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2s.findings.search import answer_text
from s2s.plots.base import Chart, base_spec
from s2s.plots.labels import fit, text_width
from s2s.plots.palette import LIGHT, Palette
from s2s.results import BeamTree, Trace
from s2s.text import label
from s2s.text.language import tr
from s2s.text.numbers import number, ordinal, percent

NODE = "node"
"""Name of the selection: a click gives ``{"node": n}``."""
SIZE, SMALL = 13, 12
ROW, TILE = 42, 35
"""Px from one row to the next, and of a tile."""
TOP = 22
"""Px above the first row, for the numbers of the steps."""
LEAST_PITCH, LOOSE_PITCH = 76, 124
"""Px from one step to the next: not less, and not more unless a token needs it."""
GAP, PADDING = 24, 12
"""Px between the tiles of two steps at the least, and inside a tile beside its text."""
LONGEST_PATH = 160
"""Characters of a hypothesis in a tooltip; of a longer one the end is shown."""


@dataclass(frozen=True)
class _Place:
    """A node's tile, in px."""

    left: float
    right: float
    middle: float


def beam_tree(tree: BeamTree, palette: Palette = LIGHT, width: int = 1000) -> Chart:
    """Draw every hypothesis that was ranked; those that the search kept solid, the rest dashed.

    The row of a node is its rank within its step, so rows never overlap and a step of a beam of K
    has at most 2K of them. The number under a token is the natural log probability of the whole
    hypothesis so far. The best finished hypothesis is bold, in full ink. The layers with data are,
    by name, ``edges-pruned``, ``edges-kept``, ``edges-best``, ``tiles``, ``tokens``, ``numbers``.

    Args:
        tree: of one search.
        palette: the theme's colours.
        width: px in which all steps are shown if they fit; if not, the figure is wider, and its
            container scrolls.

    Raises:
        ValueError: nothing was ranked.
    """
    if len(tree.tokens) < 2:
        raise ValueError("a beam search of no step has no tree")
    places, pitch, start = _layout(tree, width)
    rows = int(tree.ranks().max()) + 1
    kept_rows = int(max(np.bincount(tree.step[1:][tree.survived[1:]])))
    right = start + tree.steps * pitch
    # Axes in px: the scale maps each number to itself.
    axes = {
        "x": {"type": "quantitative", "axis": None, "scale": {"domain": [0, right], "nice": False}},
        "y": {"type": "quantitative", "axis": None,
              "scale": {"domain": [0, TOP + rows * ROW], "range": [0, TOP + rows * ROW],
                        "nice": False}},
    }  # fmt: skip
    return Chart(
        base_spec(palette)
        | {
            # Px per step are fixed, so the container scrolls where there is no room.
            "autosize": {"type": "pad", "contains": "content"},
            "width": right,
            "height": TOP + rows * ROW,
            "title": {"text": tr("What the beam ranked: log probability so far"), "offset": 10},
            "layer": [
                *_frame(tree, palette, axes, start, pitch, (kept_rows, rows)),
                *_edges(tree, places, palette, axes),
                *_tiles(_nodes(tree, places), palette, axes, tree.length_penalty > 0),
            ],
        }
    )


def n_best(tree: BeamTree, traces: Sequence[Trace]) -> list[dict[str, Any]]:
    """A row for each finished hypothesis, best first by the search's own score.

    Args:
        tree: of the search.
        traces: what it found, in the tree's ranking.

    Returns:
        Rows of ``rank``, ``answer`` (text), ``tokens`` (as written, blanks visible), ``length``,
        ``probability``, ``log_probability`` (of the trace: forced decoding of the hypothesis) and
        ``score`` (with the length penalty).
    """
    scores = tree.penalised[: len(traces)].tolist()
    return [
        {
            "rank": rank, "answer": answer_text(trace), "tokens": _spelled(trace.output),
            "length": trace.steps, "probability": float(np.exp(trace.log_probability)),
            "log_probability": trace.log_probability, "score": score,
        }
        for rank, (trace, score) in enumerate(zip(traces, scores, strict=True), 1)
    ]  # fmt: skip


def _layout(tree: BeamTree, width: int) -> tuple[list[_Place], float, float]:
    """Every node's place, px per step, and where the first step begins."""
    numbers = _numbers(tree)
    start = max(_tile(tree, 0, numbers), text_width(tr("pruned"), SMALL)) + GAP + PADDING
    tiles = [_tile(tree, n, numbers) for n in range(len(tree.tokens))]
    room = (width - start) / tree.steps
    needed = max(tiles[1:]) + GAP
    pitch = round(max(LEAST_PITCH, min(room, max(needed, LOOSE_PITCH))))
    ranks = tree.ranks()
    places = []
    for n, tile in enumerate(tiles):
        step = int(tree.step[n])
        left = 0.0 if step < 0 else start + step * pitch
        tile = tile if step < 0 else min(tile, pitch - GAP)
        places.append(_Place(left, left + tile, TOP + (int(ranks[n]) + 0.5) * ROW))
    return places, pitch, float(round(start))


def _tile(tree: BeamTree, n: int, numbers: Sequence[str]) -> float:
    token = text_width(label(tree.tokens[n]), SIZE, bold=True)
    return max(token, text_width(numbers[n], SMALL)) + PADDING


def _numbers(tree: BeamTree) -> list[str]:
    """What stands under each token; a finished hypothesis has its place before it."""
    finished = {n: ordinal(rank) for rank, n in enumerate(tree.ranking, 1)}
    return [
        f"{finished.get(n, '')} {number(score, 2)}".strip() if n else ""
        for n, score in enumerate(tree.score.tolist())
    ]


def _spelled(tokens: Sequence[str]) -> str:
    """Tokens one by one, literal; of a long hypothesis the end."""
    text = " ".join(label(token) for token in tokens)
    return text if len(text) <= LONGEST_PATH else "…" + text[-LONGEST_PATH + 1 :]


def _nodes(tree: BeamTree, places: Sequence[_Place]) -> list[dict[str, Any]]:
    """A data row per node."""
    numbers, penalised, own = _numbers(tree), tree.penalised_scores(), tree.probabilities()
    finished, best = {n: rank for rank, n in enumerate(tree.ranking, 1)}, _best(tree)
    rows = []
    for n, token in enumerate(tree.tokens):
        place = places[n]
        fate = tr("kept") if tree.survived[n] else tr("pruned")
        if n in finished:
            fate = tr("finished, {place} of {of}", place=ordinal(finished[n]), of=len(finished))
        path = _spelled(tree.hypothesis(n)) if n else label(token)
        score = number(float(tree.score[n]), 3)
        rows.append({
            "node": n, "left": place.left, "right": place.right, "middle": place.middle,
            "top": place.middle - TILE / 2, "bottom": place.middle + TILE / 2,
            "centre": (place.left + place.right) / 2,
            "token": fit(label(token), place.right - place.left - PADDING / 2, SIZE),
            "number": numbers[n], "kept": bool(tree.survived[n]), "best": n in best,
            "path": path, "probability": percent(float(own[n])), "log_probability": score,
            "score": number(float(penalised[n]), 3), "fate": tr("start") if n == 0 else fate,
            "says": tr("{path}: log probability {score}, {fate}", path=path, score=score,
                       fate=fate),
        })  # fmt: skip
    return rows


def _best(tree: BeamTree) -> frozenset[int]:
    """The nodes of the best finished hypothesis, the start included."""
    return frozenset((0, *tree.path(tree.ranking[0]))) if tree.ranking else frozenset()


def _frame(
    tree: BeamTree, palette: Palette, axes: dict[str, Any], start: float, pitch: float,
    rows: tuple[int, int],
) -> list[dict[str, Any]]:  # fmt: skip
    """The steps' numbers, and the line under the rows that were kept."""
    kept, count = rows
    words = [{"x": 0, "y": 4, "text": tr("step")}]
    words += [{"x": start + t * pitch + 2, "y": 4, "text": str(t + 1)} for t in range(tree.steps)]
    layers = []
    if count > kept:
        line = TOP + kept * ROW
        if kept > 1:  # below a start tile there is room for the first word
            words.append({"x": 0, "y": line - 10, "text": tr("kept")})
        words.append({"x": 0, "y": line + 11, "text": tr("pruned")})
        layers.append({
            "data": {"values": [{"y": line}]},
            "mark": {"type": "rule", "x": 0, "x2": {"expr": "width"}, "color": palette.line,
                     "aria": False},
            "encoding": {"y": {"field": "y", **axes["y"]}},
        })  # fmt: skip
    layers.append({
        "name": "words",
        "data": {"values": words},
        "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": SMALL,
                 "color": palette.muted, "aria": False},
        "encoding": {"x": {"field": "x", **axes["x"]}, "y": {"field": "y", **axes["y"]},
                     "text": {"field": "text", "type": "nominal"}},
    })  # fmt: skip
    return layers


def _edges(
    tree: BeamTree, places: Sequence[_Place], palette: Palette, axes: dict[str, Any]
) -> list[dict[str, Any]]:
    """Lines from each hypothesis to its continuations, the best one's last, above the others."""
    best = _best(tree)
    looks: dict[str, dict[str, Any]] = {
        "pruned": {"color": palette.bar, "strokeWidth": 1, "strokeDash": [3, 3]},
        "kept": {"color": palette.muted, "strokeWidth": 1.5},
        "best": {"color": palette.text, "strokeWidth": 2.5},
    }
    groups: dict[str, list[dict[str, float]]] = {kind: [] for kind in looks}
    for n in range(1, len(tree.tokens)):
        here, before = places[n], places[tree.parent[n]]
        kind = "best" if n in best else "kept" if tree.survived[n] else "pruned"
        groups[kind].append({"node": n, "x": before.right, "y": before.middle,
                             "x2": here.left, "y2": here.middle})  # fmt: skip
    return [
        {
            "name": f"edges-{kind}",
            "data": {"values": groups[kind]},
            "mark": {"type": "rule", "strokeCap": "round", "aria": False, **look},
            "encoding": {
                "x": {"field": "x", **axes["x"]}, "y": {"field": "y", **axes["y"]},
                "x2": {"field": "x2"}, "y2": {"field": "y2"},
            },
        }
        for kind, look in looks.items()
        if groups[kind]
    ]  # fmt: skip


def _tiles(
    nodes: list[dict[str, Any]], palette: Palette, axes: dict[str, Any], penalised: bool
) -> list[dict[str, Any]]:
    """A tile per node, its token, and the number under that."""

    def pick(best: Any, kept: Any, pruned: Any) -> dict[str, Any]:
        return {"condition": [{"test": "datum.best", "value": best},
                              {"test": "datum.kept", "value": kept}], "value": pruned}  # fmt: skip

    def text(
        name: str, field: str, size: int, color: dict[str, Any], look: dict[str, Any]
    ) -> dict[str, Any]:
        fields = (field, "centre", "middle", "best", "kept", "number")
        return {
            "name": name,
            "data": {"values": [{f: row[f] for f in fields} for row in nodes]},
            "mark": {"type": "text", "baseline": "middle", "fontSize": size, "aria": False, **look},
            "encoding": {"x": {"field": "centre", **axes["x"]},
                         "y": {"field": "middle", **axes["y"]},
                         "text": {"field": field, "type": "nominal"}, "color": color},
        }  # fmt: skip

    told = {"path": tr("so far"), "probability": tr("this token"),
            "log_probability": tr("log probability"),
            **({"score": tr("with length penalty")} if penalised else {}),
            "fate": tr("the search")}  # fmt: skip
    tiles = {
        "name": "tiles",
        "data": {"values": nodes},
        "params": [
            {"name": NODE, "select": {"type": "point", "fields": ["node"], "toggle": False}}
        ],
        "mark": {"type": "rect", "cornerRadius": 6, "cursor": "pointer",
                 "strokeDash": {"expr": "datum.kept ? [1, 0] : [3, 3]"}},
        "encoding": {
            "x": {"field": "left", **axes["x"]}, "x2": {"field": "right"},
            "y": {"field": "top", **axes["y"]}, "y2": {"field": "bottom"},
            "fill": pick(palette.surface, palette.surface, palette.background),
            "stroke": pick(palette.text, palette.muted, palette.bar),
            "strokeWidth": pick(2.5, 1.25, 1),
            "tooltip": [{"field": f, "type": "nominal", "title": t} for f, t in told.items()],
            "description": {"field": "says", "type": "nominal"},
        },
    }  # fmt: skip
    bold = {"fontWeight": {"expr": "datum.best ? 700 : 400"}}
    above = {"expr": "datum.number == '' ? 0 : -7"}
    return [
        tiles,
        text("tokens", "token", SIZE, pick(palette.text, palette.text, palette.muted),
             {"yOffset": above, **bold}),
        text("numbers", "number", SMALL, {"value": palette.muted}, {"yOffset": 9}),
    ]  # fmt: skip

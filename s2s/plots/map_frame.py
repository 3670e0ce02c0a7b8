"""What stands around the cells of a map: labels, outlines, the colour bar, the axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from s2s.plots.labels import text_width
from s2s.plots.palette import Palette, scale_colour
from s2s.results import Array, Trace
from s2s.text import label
from s2s.text.language import N_
from s2s.text.numbers import places

GAP_BEFORE_EMPTY = 0.25
"""Of a column, so that the empty slots do not look like one more source token."""
LABEL_GAP = 9
"""Px between a row's label and its cells."""
SIGN, BAR_ROOM = 16, 46
"""Px that the sign of the current row takes, and the colour bar with its numbers."""
SLANTED_PITCH = 15
"""Px from one slanted label to the next; narrower columns are not all labelled."""
EMPTY = N_("empty slots")
Axes = tuple[dict[str, Any], dict[str, Any]]
"""What the x and the y of every layer have in common."""


@dataclass(frozen=True, eq=False)
class Tokens:
    """The grid of a map that is not a trace's: S source by T output tokens, with a trace's names.

    Attributes:
        source: S tokens.
        output: T tokens.
        empty_attention: anything but None leaves a column for empty slots, as a trace's map has.
        attention: [T, S] what a row's main column is taken from.
        attended: rows that were edited.
    """

    source: tuple[str, ...]
    output: tuple[str, ...]
    empty_attention: Array | None = None
    attention: Array | None = None
    attended: tuple[int, ...] = ()

    @property
    def steps(self) -> int:
        """T."""
        return len(self.output)


Grid = Trace | Tokens
"""What a map stands on."""


def centre(trace: Grid, s: int) -> float:
    """The middle of a column, in columns; the empty slots stand apart."""
    return s + (GAP_BEFORE_EMPTY if s == len(trace.source) else 0)


def right_edge(trace: Grid) -> float:
    """Where the last column ends, in columns; the first begins at -0.5."""
    columns = len(trace.source)
    return columns - 0.5 + (0 if trace.empty_attention is None else GAP_BEFORE_EMPTY + 1)


def grid_axes(trace: Grid) -> Axes:
    """Source positions from left to right, output positions from top to bottom; no ticks."""
    shared: dict[str, Any] = {"type": "quantitative", "axis": None}
    exact = {"nice": False, "zero": False}
    return (
        {**shared, "scale": {"domain": [-0.5, right_edge(trace)], **exact}},
        {**shared, "scale": {"domain": [trace.steps - 0.5, -0.5], **exact}},
    )


def names_of(grid: Grid) -> tuple[list[str], list[str]]:
    """Output and source tokens in «», with their place where they are repeated."""

    def named(tokens: tuple[str, ...]) -> list[str]:
        return [f"«{label(t)}»{place}" for t, place in zip(tokens, places(tokens), strict=True)]

    return named(grid.output), named(grid.source)


def beside_cells(sides: Sequence[str], size: int, signs: bool = False) -> float:
    """Px left and right of a map's cells: its rows' labels, their signs, and the colour bar."""
    widest = max((text_width(name, size) for name in sides), default=0)
    return LABEL_GAP + widest + SIGN * signs + BAR_ROOM


def map_params(grid: Grid, sources: list[str], size: int, beside: float) -> list[dict[str, Any]]:
    """The texts of the tooltip, and what follows from the room: names for the expressions.

    Args:
        grid: the tokens.
        sources: the labels of the columns.
        size: their font size in px.
        beside: px left and right of the columns.
    """
    output_names, source_names = names_of(grid)
    widths = [text_width(text, size) for text in sources]
    # Upright labels must not touch: half of each, and a twentieth between them.
    needed = max(((a + b) / 2 * 1.05 for a, b in pairwise(widths)), default=0)
    return [
        {"name": "outputs", "value": output_names},
        {"name": "sources", "value": source_names},
        {"name": "pitch", "expr": f"(room - {beside:.0f}) / {right_edge(grid) + 0.5}"},
        {"name": "slanted", "expr": f"pitch < {needed:.1f}"},
        {"name": "every", "expr": f"slanted ? ceil({SLANTED_PITCH} / pitch) : 1"},
    ]


def box(axes: Axes) -> dict[str, Any]:
    """A rectangle from the fields left, right, top and bottom."""
    x, y = axes
    return {
        "x": {"field": "left", **x},
        "x2": {"field": "right"},
        "y": {"field": "top", **y},
        "y2": {"field": "bottom"},
    }


def column_labels(
    trace: Grid, sources: list[str], palette: Palette, step: int | None, size: int, axes: Axes
) -> dict[str, Any]:
    """Source tokens on top; where there is room for every n-th only, the main one is kept."""
    main = -1
    if step is not None and trace.attention is not None and trace.source:
        main = int(trace.attention[step].argmax())
    near = f"{main} >= 0 && abs(datum.column - {main}) < every"
    shown = f"{near} ? datum.column == {main} : datum.column % every == 0"
    return {
        "data": {
            "values": [
                {"column": s, "x": centre(trace, s), "text": text} for s, text in enumerate(sources)
            ]
        },
        "mark": {
            "type": "text",
            "y": {"expr": "slanted ? -12 : -7"},
            "fontSize": size,
            "color": palette.text,
            "angle": {"expr": "slanted ? -45 : 0"},
            "align": {"expr": "slanted ? 'left' : 'center'"},
            "baseline": {"expr": "slanted ? 'middle' : 'alphabetic'"},
            "text": {"expr": f"({shown}) ? datum.text : ''"},
            "aria": False,
        },
        "encoding": {"x": {"field": "x", **axes[0]}},
    }


def row_labels(
    trace: Grid, outputs: list[str], palette: Palette, step: int | None, size: int, axes: Axes
) -> list[dict[str, Any]]:
    """Output tokens on the left: edited rows with ✎, the current one bold with ▸.

    The signs are marks of their own: in a PNG they come from another font than the token, and
    would take it along.
    """
    values = [{"row": t, "text": name} for t, name in enumerate(outputs)]
    bold = f"datum.row === {-1 if step is None else step} ? 'bold' : 'normal'"
    first = {"x": -LABEL_GAP, "fontWeight": {"expr": bold}}
    layers: list[dict[str, Any]] = [{"data": {"values": values}, "mark": first}]
    for t in trace.attended:
        sign = {"x": -_sign_place(outputs[t], size), "color": palette.edit}
        layers.append({"data": {"values": [{"row": t, "text": "✎"}]}, "mark": sign})
    if step is not None:
        place = _sign_place(outputs[step], size) + (size if step in trace.attended else 0)
        # Drawn, because the character is small in Source Sans.
        arrow = {"type": "point", "shape": "triangle-right", "size": 44, "filled": True,
                 "opacity": 1, "x": -place - 4}  # fmt: skip
        layers.append({"data": {"values": [{"row": step, "text": "▸"}]}, "mark": arrow})
    for layer in layers:
        layer["mark"] = {
            "type": "text", "align": "right", "baseline": "middle", "fontSize": size,
            "color": palette.text, "aria": False, **layer["mark"],
        }  # fmt: skip
        layer["encoding"] = {"y": {"field": "row", **axes[1]}}
        if layer["mark"]["type"] == "text":
            layer["encoding"]["text"] = {"field": "text", "type": "nominal"}
    return layers


def _sign_place(name: str, size: int) -> float:
    """How many px left of the cells there is room for a sign before a row's label."""
    # ␣ and … come, where Source Sans is missing, from a font in which they are as wide as Hangul.
    widest = name.replace("␣", "한").replace("…", "한")
    return LABEL_GAP + text_width(widest, size, bold=True) + 5


Tick = tuple[str, float]
"""What stands beside a colour bar, and where: 0 is its lower end, 1 the upper."""
WEIGHT_TICKS: tuple[Tick, ...] = (("1", 1.0), ("0.5", 0.5), ("0", 0.0))


@lru_cache(maxsize=64)
def _bar(colours: tuple[str, ...], height: float) -> list[dict[str, Any]]:
    """The rectangles of a colour bar, the highest value first; nobody may write into them."""
    # Thin rectangles: a browser looks a gradient up under the page's address, and finds it no more
    # when the address changes.
    parts = max(2, min(round(height / 3), 64))
    return [
        {
            "y": height * part / parts,
            # Half a px more each: no page shines through between them.
            "y2": min(height * (part + 1) / parts + 0.5, height),
            "colour": scale_colour(colours, 1 - part / (parts - 1)),
        }
        for part in range(parts)
    ]


def colour_bar(
    palette: Palette,
    height: float,
    colours: tuple[str, ...] | None = None,
    ticks: tuple[Tick, ...] = WEIGHT_TICKS,
) -> list[dict[str, Any]]:
    """The scale at the right edge, 10 px wide, with its ticks; attention's unless others are given.

    Args:
        palette: the theme's colours.
        height: of the map in px.
        colours: of the scale, the lowest first.
        ticks: texts and their places.
    """
    bar = _bar(colours or palette.attention_scale, height)
    baselines = {0.0: "bottom", 1.0: "top"}
    values = [
        {"text": text, "y": height * (1 - place), "baseline": baselines.get(place, "middle")}
        for text, place in ticks
    ]
    return [
        {
            "data": {"values": bar},
            "mark": {
                "type": "rect",
                "x": {"expr": "width + 14"},
                "x2": {"expr": "width + 24"},
                "y": {"expr": "datum.y"},
                "y2": {"expr": "datum.y2"},
                "color": {"expr": "datum.colour"},
                "aria": False,
            },
        },
        {
            "data": {"values": values},
            "mark": {
                "type": "text",
                "x": {"expr": "width + 29"},
                "y": {"expr": "datum.y"},
                "align": "left",
                "baseline": {"expr": "datum.baseline"},
                "fontSize": 12,
                "color": palette.muted,
                "aria": False,
            },
            "encoding": {"text": {"field": "text", "type": "nominal"}},
        },
    ]


def outlines(
    trace: Grid,
    palette: Palette,
    step: int | None,
    axes: Axes,
) -> list[dict[str, Any]]:
    """Rectangles around edited rows (dashed rose) and, above them, the current one (ink)."""
    edited = [row for row in trace.attended if row != step]
    current = [] if step is None else [step]
    kinds = (
        (edited, {"stroke": palette.edit, "strokeDash": [4, 3]}),
        (current, {"stroke": palette.text}),
    )
    right = right_edge(trace)
    return [
        {
            "data": {
                "values": [
                    {"left": -0.5, "right": right, "top": row - 0.5, "bottom": row + 0.5}
                    for row in rows
                ]
            },
            "mark": {"type": "rect", "filled": False, "strokeWidth": 2, "aria": False, **look},
            "encoding": box(axes),
        }
        for rows, look in kinds
        if rows
    ]

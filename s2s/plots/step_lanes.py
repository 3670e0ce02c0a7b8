"""One step as two lanes of tiles: what the model read, and what it has written so far."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from s2s.plots.base import HIDDEN_AXIS, SHOWN_FROM, TRANSPARENT, base_layout, check_step
from s2s.plots.labels import escape, hover_label, number, percent, places, text_width
from s2s.plots.palette import Palette, on_colour, scale_colour
from s2s.plots.tiles import EDGE, TILE, Lane, place_tiles, tile_path
from s2s.results import Trace
from s2s.text import label

HEAD, BETWEEN = 28, 14
"""Px: a lane's heading line, the space between the lanes."""
SOURCE_ROW, OUTPUT_ROW = 58, 54
"""Px: the pitch of rows with numbers and with bars beneath the tiles."""


def lanes(
    trace: Trace,
    step: int,
    palette: Palette,
    width: int = 700,
    source_name: str = "Source",
    output_name: str = "Output",
    source_note: str = "as the model reads it",
) -> go.Figure:
    """Draw one step: S source tiles above, T output tiles below.

    A source tile is filled by its attention weight, with the number beneath from 0.05; without
    attention it has no such fill. An output tile is filled when written, outlined when it is being
    written, dashed when it is still to come (and dashed rose when it was forced); the bar beneath
    is the probability of its token.

    The figure's traces are named: "source" and "output" (tiles, one bar each), "track" and "sure"
    (the bars beneath), "step" (the ▸).

    Args:
        trace: a decoded sentence.
        step: 0-based output step.
        palette: the theme's colours.
        width: px to set the tiles for; the figure stretches by about a third either way.
        source_name: heading of the upper lane, such as "French".
        output_name: heading of the lower lane.
        source_note: follows the upper heading, such as "29 characters".

    Returns:
        A figure with a height and no width. x and y are px.

    Raises:
        ValueError: there is no such step.
    """
    check_step(trace, step)
    empty = [] if trace.empty_attention is None else ["empty slots"]
    read = [label(token) for token in trace.source] + empty
    written = [label(token) for token in trace.output]
    source = place_tiles(read, width, HEAD, SOURCE_ROW, gap=4)
    if trace.attention is None:
        source_end = source.bottom - SOURCE_ROW + OUTPUT_ROW  # no numbers in the last row
    else:
        source_end = source.bottom
    start = source_end + BETWEEN
    # Gaps of 14 px leave room for ▸ before the current tile.
    output = place_tiles(written, width, start + HEAD, OUTPUT_ROW, gap=EDGE)

    layout = base_layout(palette, output.bottom, {"l": 0, "r": 0, "t": 0, "b": 0})
    layout |= {
        "xaxis": {**HIDDEN_AXIS, "range": [0, width]},
        "yaxis": {**HIDDEN_AXIS, "range": [round(output.bottom), 0]},
        "shapes": _dashes(trace, step, palette, output),
        "annotations": [
            _text(f"<b>{escape(source_name)}</b>, {escape(source_note)}", EDGE, 12, palette.muted),
            _text(f"<b>{escape(output_name)}</b>, written so far", EDGE, start + 12, palette.muted),
            _text("bar: how sure of each token", width, start + 12, palette.muted, anchor="right"),
            *_numbers(trace, step, palette, source),
        ],
    }
    return go.Figure(
        data=[
            _source_tiles(trace, step, palette, source),
            _output_tiles(trace, step, palette, output),
            *_bars(trace, step, palette, output),
            _arrow(step, palette, output),
        ],
        layout=layout,
    )


def _tiles(lane: Lane, **more: Any) -> dict[str, Any]:
    """Tiles as bars: rounded, filled and labelled one by one, and all of a tile can be hovered."""
    return {
        "type": "bar",
        "x": lane.centre,
        "width": lane.width,
        "base": lane.top,
        "y": [TILE] * len(lane.top),
        "textposition": "inside",
        "insidetextanchor": "middle",
        "constraintext": "none",
        "textangle": 0,
        "hoverinfo": "text",
        **more,
    }


def _weights(trace: Trace, step: int) -> list[float] | None:
    """Weights of the source tiles at a step, the empty slots' last."""
    if trace.attention is None:
        return None
    empty = [] if trace.empty_attention is None else [float(trace.empty_attention[step])]
    return [*trace.attention[step].tolist(), *empty]


def _source_tiles(trace: Trace, step: int, palette: Palette, lane: Lane) -> dict[str, Any]:
    weights = _weights(trace, step)
    typed = {unknown.position: unknown.token for unknown in trace.reading.unknown}
    hover = [
        f"«{hover_label(token)}»{place}"
        + (f", typed «{hover_label(typed[index])}»" if index in typed else "")
        for index, (token, place) in enumerate(zip(trace.source, places(trace.source), strict=True))
    ]
    names = [escape(name) for name in lane.names]
    if trace.empty_attention is not None:
        hover.append("empty slots")
    if weights is None:
        fills = [palette.surface] * len(names)
        inks = [palette.text] * len(names)
    else:
        fills = [scale_colour(palette.attention_scale, value) for value in weights]
        inks = [on_colour(fill) for fill in fills]
        hover = [f"{text}: weight {number(w, 2)}" for text, w in zip(hover, weights, strict=True)]
        names = [
            f"<b>{name}</b>" if value >= SHOWN_FROM else name
            for name, value in zip(names, weights, strict=True)
        ]
    return _tiles(
        lane,
        name="source",
        text=names,
        hovertext=hover,
        textfont={"size": lane.style.size, "color": inks},
        marker={"color": fills, "cornerradius": 7, "line": {"width": 0}},
    )


def _numbers(trace: Trace, step: int, palette: Palette, lane: Lane) -> list[dict[str, Any]]:
    """The weights from 0.05, beneath their tiles; ".35" where "0.35" would be too wide."""
    weights = _weights(trace, step)
    if weights is None:
        return []
    numbers = []
    for value, x, y, tile in zip(weights, lane.centre, lane.top, lane.width, strict=True):
        if value >= SHOWN_FROM:
            text = number(value, 2)
            if tile < text_width(text, 12, bold=True):
                text = text.removeprefix("0")
            numbers.append(
                _text(f"<b>{text}</b>", x, y + TILE + 10, palette.text, size=12, anchor="center")
            )
    return numbers


def _output_tiles(trace: Trace, step: int, palette: Palette, lane: Lane) -> dict[str, Any]:
    states = [(index > step) - (index < step) for index in range(trace.steps)]  # -1, 0, 1
    names = [escape(name) for name in lane.names]
    names[step] = f"<b>{names[step]}</b>"
    status = {-1: "", 0: ", this step", 1: ", not written yet"}
    return _tiles(
        lane,
        name="output",
        text=names,
        hovertext=[
            f"«{hover_label(token)}»: {percent(share)}"
            + (", forced" if index in trace.forced else "")
            + status[states[index]]
            for index, (token, share) in enumerate(
                zip(trace.output, trace.probabilities.tolist(), strict=True)
            )
        ],
        textfont={
            "size": lane.style.size,
            "color": [palette.unwritten if s > 0 else palette.text for s in states],
        },
        marker={
            "color": [(palette.surface, palette.background, TRANSPARENT)[s + 1] for s in states],
            "cornerradius": 7,
            "line": {
                "color": palette.text,
                "width": [0 if s else 2.5 for s in states],
            },
        },
    )


def _bars(trace: Trace, step: int, palette: Palette, lane: Lane) -> list[dict[str, Any]]:
    """Beneath each written tile a track, and on it the probability as an ink bar."""
    written = step + 1
    inset = 3
    full = [tile - 2 * inset for tile in lane.width[:written]]
    shares = [min(max(p, 0.0), 1.0) for p in trace.probabilities[:written].tolist()]
    sure = [width * share for width, share in zip(full, shares, strict=True)]
    left = [x + inset for x in lane.left[:written]]

    def bars(name: str, widths: list[float], colour: str) -> dict[str, Any]:
        return {
            "type": "bar",
            "name": name,
            "orientation": "h",
            "base": left,
            "x": widths,
            "y": [top + TILE + 7 for top in lane.top[:written]],
            "width": 4,
            "marker": {"color": colour, "cornerradius": 2, "line": {"width": 0}},
            "hoverinfo": "skip",
        }

    return [bars("track", full, palette.line), bars("sure", sure, palette.text)]


def _arrow(step: int, palette: Palette, lane: Lane) -> dict[str, Any]:
    """▸ before the current tile."""
    return {
        "type": "scatter",
        "name": "step",
        "mode": "markers",
        "x": [lane.left[step] - 8],
        "y": [lane.top[step] + TILE / 2],
        "marker": {"symbol": "triangle-right", "size": 9, "color": palette.text},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _dashes(trace: Trace, step: int, palette: Palette, lane: Lane) -> list[dict[str, Any]]:
    """Dashed borders, one shape for all tiles of a kind: bars cannot have them."""
    forced = [index for index in trace.forced if index != step]
    unwritten = [index for index in range(step + 1, trace.steps) if index not in trace.forced]
    kinds = ((unwritten, palette.bar, 1), (forced, palette.edit, 1.5))
    return [
        {
            "type": "path",
            "path": " ".join(tile_path(lane.left[i], lane.top[i], lane.width[i]) for i in tiles),
            "line": {"color": colour, "width": width, "dash": "3px,3px"},
        }
        for tiles, colour, width in kinds
        if tiles
    ]


def _text(
    text: str,
    x: float,
    y: float,
    colour: str,
    size: int = 13,
    anchor: str = "left",
) -> dict[str, Any]:
    """A text at a place in px; `anchor` is left, center or right."""
    return {
        "text": text,
        "x": x,
        "y": y,
        "xanchor": anchor,
        "align": anchor,
        "yanchor": "middle",
        "showarrow": False,
        "font": {"size": size, "color": colour},
    }

"""How strongly one output token depends on every state before it: several models on one axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from s2s.findings.gradient_flow import Line
from s2s.plots.base import Chart, base_spec
from s2s.plots.curve_frame import (
    HEIGHT,
    LEADER,
    Curve,
    Frame,
    Point,
    axes_of,
    beside_lines,
    names_of,
    reach_of,
    wrapped,
    y_domain,
)
from s2s.plots.families import FAMILIES
from s2s.plots.flow_axis import axis_params, boundary, token_axis
from s2s.plots.gradient_map import OF
from s2s.plots.labels import MODES
from s2s.plots.palette import LIGHT, Palette
from s2s.text import label
from s2s.text.language import tr
from s2s.text.numbers import places, rounded

SCALES = ("log", "linear", "maximum")
AXES = ("position", "distance")
DECADES = 12
"""A log axis shows at most so many powers of ten; what is less leaves the figure."""


def flow_curves(
    lines: Sequence[Line],
    step: int,
    palette: Palette = LIGHT,
    scale: str = "log",
    axis: str = "position",
    width: int = 1000,
) -> Chart:
    """Draw the gradients of one output token, encoder states and then decoder states.

    A line's data rows are ``x``, ``y`` (the number of the result; in scale ``maximum`` divided by
    the line's largest), ``name``, ``state`` and ``value``. Places on the x axis stay the same for
    every step of a sentence, and so does a log axis.

    Args:
        lines: one to four models with the same tokens.
        step: 0-based output step.
        palette: the theme's colours.
        scale: ``log``, ``linear``, or ``maximum``: each line divided by its own largest.
        axis: ``position`` in the sentence, or ``distance``: recurrent steps back from the token.
        width: px, for a figure outside a page; a page stretches it.

    Raises:
        ValueError: there are no lines, their tokens differ, or there is no such step or choice.
    """
    if not lines or scale not in SCALES or axis not in AXES:
        raise ValueError(f"{len(lines)} lines, scale {scale!r}, axis {axis!r}")
    first = lines[0].flow
    if any(other.flow.output != first.output or other.flow.source != first.source
           for other in lines):  # fmt: skip
        raise ValueError("the models of one figure must have the same tokens")
    if not 0 <= step < first.steps:
        raise ValueError(f"step {step} of gradients with {first.steps} steps")
    ordered = sorted(lines, key=lambda line: line.front)
    frame = Frame(_title(ordered, step, scale), log=scale == "log")
    if scale == "log":
        frame = replace(frame, bounds=_whole_range(lines))
    parts = {line.name: _parts(line, step, scale, axis) for line in ordered}
    curves = [_curve(line, parts[line.name], axis) for line in ordered]
    drawn = [curve for curve in curves if curve.points]
    if not drawn:
        raise ValueError("every gradient is 0: there is nothing to draw")
    domain = _domain(drawn, frame)
    axes = axes_of(drawn, frame, palette, domain)
    axes["x"] = token_axis(first, step, palette, axis)
    layers: list[dict[str, Any]] = boundary(first, step, palette, axis, axes["x"])
    seen: list[str] = []
    for line in reversed(ordered):
        layers += _marks(line, parts[line.name], palette, axes, hollow=line.family in seen)
        seen.append(line.family)
    return Chart(
        base_spec(palette)
        | {
            "width": width,
            "height": HEIGHT,
            "params": axis_params(first, axis, beside_lines(drawn)),
            "title": {"text": {"expr": wrapped(frame.title)}, "offset": 14, "limit": 0},
            "layer": [
                *layers, *names_of(drawn, frame, palette, domain, axes), _edge(drawn, axes["x"]),
            ],
        }
    )  # fmt: skip


def _edge(curves: Sequence[Curve], x: dict[str, Any]) -> dict[str, Any]:
    """Nothing to see: it keeps room for the names, whose places follow the width."""
    columns = x["scale"]["domain"][1] - max(curve.points[-1].x for curve in curves)
    reach = f"max(0, {LEADER + reach_of(curves)} - {columns} * pitch)"
    return {
        "data": {"values": [{}]},
        "mark": {"type": "rect", "opacity": 0, "aria": False, "x": {"expr": "width"},
                 "x2": {"expr": f"width + {reach}"}, "y": 0, "y2": 1},
    }  # fmt: skip


def _title(lines: Sequence[Line], step: int, scale: str) -> str:
    flow = lines[-1].flow
    written = f"“{label(flow.output[step])}”{places(flow.output)[step]}"
    sized = {
        "log": tr("log scale"), "linear": tr("linear scale"),
        "maximum": tr("each to its own maximum"),
    }  # fmt: skip
    mode = tr(MODES[flow.mode])
    if flow.mode == "free-running" and len(lines) > 1:
        mode = tr("free-running on the answer of {model}", model=lines[-1].name)
    norm = "Σ|" if flow.norm == "l1" else "‖"
    end = "|" if flow.norm == "l1" else "‖"
    kind = tr("cell state") if flow.state == "cell" else tr("hidden state")
    return tr(
        "{norm}∂ {of} of {token} / ∂ {state}{end}, {scale} ({mode})", norm=norm,
        of=tr(OF[flow.of]), token=written, state=kind, end=end, scale=sized[scale], mode=mode,
    )  # fmt: skip


def _whole_range(lines: Sequence[Line]) -> tuple[float, float]:
    """Least and greatest of all steps, so that the axis stays where it is."""
    rows = [a for line in lines for a in (line.flow.encoder, line.flow.decoder)]
    values = np.concatenate([row.ravel() for row in rows])
    values = values[(values > 0) & np.isfinite(values)]
    if not values.size:
        return 0.1, 1.0
    return max(float(values.min()), float(values.max()) / 10**DECADES), float(values.max())


def _domain(curves: Sequence[Curve], frame: Frame) -> tuple[float, float]:
    if not frame.log:
        return y_domain(curves, replace(frame, bounds=(0.0, None)))
    low, high = y_domain(curves, frame)
    return max(low, high / 10 ** (DECADES + 1)), high


@dataclass(frozen=True)
class _Mark:
    """A state on a line; `y` is None where it cannot be drawn (0 on a log axis)."""

    x: float
    y: float | None
    value: float
    state: str


def _parts(line: Line, step: int, scale: str, axis: str) -> tuple[list[_Mark], ...]:
    """The encoder's and the decoder's marks of a line, each in rising x."""
    flow = line.flow
    encoder, decoder = flow.encoder[step], flow.decoder[step, : step + 1]
    greatest = max(float(encoder.max()), float(decoder.max())) or 1.0
    divisor = greatest if scale == "maximum" else 1.0
    sources, outputs = places(flow.source), places(flow.output)
    away = flow.distances(step)
    found: tuple[list[_Mark], list[_Mark]] = ([], [])

    def mark(x: float, value: float, state: str) -> _Mark:
        drawable = value > 0 or scale != "log"
        return _Mark(x, value / divisor if drawable else None, value, state)

    for s, value in enumerate(encoder.tolist()):
        x = away[s] if axis == "distance" else s
        named = tr("encoder state at {token}", token=f"«{label(flow.source[s])}»{sources[s]}")
        found[0].append(mark(x, value, named))
    for u, value in enumerate(decoder.tolist()):
        x = step - u if axis == "distance" else len(flow.source) + 1 + u
        named = tr("decoder state that wrote {token}",
                   token=f"«{label(flow.output[u])}»{outputs[u]}")  # fmt: skip
        found[1].append(mark(x, value, named))
    return tuple(sorted(part, key=lambda m: m.x) for part in found)


def _curve(line: Line, parts: tuple[list[_Mark], ...], axis: str) -> Curve:
    """The line as the frame knows it: its name stands where its last mark is."""
    encoder, decoder = parts
    marks = [*decoder, *encoder] if axis == "distance" else [*encoder, *decoder]
    points = tuple(Point(m.x, m.y, m.y, m.y) for m in marks if m.y is not None)
    return Curve(line.name, FAMILIES[line.family], points, front=True, light=not line.front)


def _marks(
    line: Line,
    parts: tuple[list[_Mark], ...],
    palette: Palette,
    axes: dict[str, dict[str, Any]],
    hollow: bool,
) -> Iterator[dict[str, Any]]:
    """A line through the encoder's states and one through the decoder's, with their marks."""
    family = FAMILIES[line.family]
    colour = family.colour(palette)
    x, y = {"field": "x", **axes["x"]}, {"field": "y", **axes["y"]}
    for marks in parts:
        rows = [
            {"x": m.x, "y": m.y, "name": line.name, "state": m.state, "value": rounded(m.value, 3),
             "says": f"{line.name}, {m.state}: {rounded(m.value, 3)}"}
            for m in marks
        ]  # fmt: skip
        yield {
            "data": {"values": rows},
            "mark": {
                "type": "line", "color": colour, "aria": False, "strokeCap": "butt",
                "strokeWidth": 2.5 if line.front else 2, "strokeDash": list(family.dash),
                "invalid": "break-paths-show-path-domains",
            },
            "encoding": {"x": x, "y": y},
        }  # fmt: skip
        yield {
            "data": {"values": [row for row in rows if row["y"] is not None]},
            "mark": {
                "type": "point", "shape": family.shape, "opacity": 1, "stroke": colour,
                "fill": palette.background if hollow else colour, "strokeWidth": 1.5,
                "size": {"expr": "width < 500 ? 22 : 46"},
            },
            "encoding": {
                "x": x, "y": y,
                "tooltip": [
                    {"field": "name", "type": "nominal", "title": tr("model")},
                    {"field": "state", "type": "nominal", "title": tr("state")},
                    {"field": "value", "type": "nominal", "title": tr("size of the gradient")},
                ],
                "description": {"field": "says", "type": "nominal"},
            },
        }  # fmt: skip


def rows_of(line: Line, step: int) -> Iterator[dict[str, Any]]:
    """The numbers of a line for a table: every state before an output token."""
    flow = line.flow
    for part in _parts(line, step, "linear", "position"):
        for m in part:
            yield {"model": line.name, "output": flow.output[step], "step": step + 1,
                   "state": m.state, "gradient": m.value}  # fmt: skip

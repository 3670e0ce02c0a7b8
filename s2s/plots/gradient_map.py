"""What reached back, as a map on the grid of the attention map: amber, logarithmic."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2s.plots.attention_map import (
    COMPACT_LABEL,
    COMPACT_LABEL_SIZE,
    LABEL_SIZE,
    MANY,
    ROW_HEIGHTS,
    WHOLE_MAP,
)
from s2s.plots.base import LONGEST_LABEL, Chart, base_spec
from s2s.plots.curve_frame import wrapped
from s2s.plots.labels import MODES, fit
from s2s.plots.map_cells import Said, map_cells
from s2s.plots.map_frame import (
    EMPTY,
    Tick,
    Tokens,
    beside_cells,
    colour_bar,
    column_labels,
    grid_axes,
    map_params,
    names_of,
    outlines,
    row_labels,
)
from s2s.plots.palette import LIGHT, Palette
from s2s.results import Array, GradientFlow
from s2s.text import label
from s2s.text.language import N_, tr
from s2s.text.numbers import power_of_ten, rounded

OF = {"log_odds": N_("log odds"), "loss": N_("loss")}
CELL = N_("output {output} ← encoder state at {source}: {number}")
DECADES = 6
"""The scale spans at most so many powers of ten; what is less looks like the least of them."""


def gradient_map(
    flow: GradientFlow,
    palette: Palette = LIGHT,
    step: int | None = None,
    width: int = 480,
    compact: bool = False,
    empty: bool = False,
    name: str = "",
    most: int = ROW_HEIGHTS[1],
) -> Chart:
    """Draw how strongly each output token depends on each encoder state, T rows by S columns.

    The first layer holds the cells: ``row``, ``column``, ``size`` (a number of ``flow.encoder``
    itself) and ``number``, as it is read.

    Args:
        flow: the gradients.
        palette: the theme's colours.
        step: 0-based output step to outline; None outlines nothing.
        width: px, for a figure outside a page; a page stretches it.
        compact: for phones: shorter and smaller labels.
        empty: leave a column for empty slots, so that an attention map beside it has the same grid.
        name: of the model, where several maps stand beside each other: it has no attention.
        most: px of a row.

    Raises:
        ValueError: there is no such step.
    """
    if step is not None and not 0 <= step < flow.steps:
        raise ValueError(f"step {step} of gradients with {flow.steps} steps")
    size, longest = (COMPACT_LABEL_SIZE, COMPACT_LABEL) if compact else (LABEL_SIZE, LONGEST_LABEL)
    sources = [fit(label(token), longest, size) for token in flow.source]
    outputs = [fit(label(token), longest, size) for token in flow.output]
    # The row's main column keeps its label where columns are narrow: here the largest gradient's.
    grid = Tokens(flow.source, flow.output, np.zeros(0) if empty else None, flow.encoder)
    low, high = span(flow.encoder)
    row = min(max(WHOLE_MAP // max(flow.steps, 1), ROW_HEIGHTS[0]), most)
    axes = grid_axes(grid)
    text = (
        N_("{model}: no attention. Gradient, log {low} to {high} ({mode})")
        if name
        else N_("What reached back: gradient of the {of}, log scale {low} to {high} ({mode})")
    )
    title = tr(text, model=name, of=tr(OF[flow.of]), low=rounded(low), high=rounded(high),
               mode=tr(MODES[flow.mode]))  # fmt: skip
    spec = base_spec(palette) | {
        "width": width,
        "height": row * flow.steps,
        "title": {"text": {"expr": wrapped(title)}, "offset": 8, "limit": 0},
        "params": map_params(
            grid,
            [*sources, tr(EMPTY)] if empty else sources,
            size,
            beside_cells(outputs, size, step is not None),
        ),
        "layer": [
            _cells(flow, palette, grid, (low, high)),
            *outlines(grid, palette, step, axes),
            column_labels(grid, sources, palette, step, size, axes),
            *row_labels(grid, outputs, palette, step, size, axes),
            *colour_bar(palette, row * flow.steps, palette.gradient_scale, ticks(low, high)),
        ],
    }
    if flow.encoder.size > MANY:
        spec["usermeta"] = {**spec["usermeta"], "embedOptions": {"renderer": "canvas"}}
    return Chart(spec)


def gradient_cell(flow: GradientFlow, t: int, s: int) -> str:
    """What one cell says, as plain text; a ValueError where there is no such cell."""
    if not (0 <= t < flow.steps and 0 <= s < len(flow.source)):
        raise ValueError(f"cell {t}, {s} of gradients of shape {flow.encoder.shape}")
    outputs, sources = names_of(Tokens(flow.source, flow.output))
    return tr(CELL, output=outputs[t], source=sources[s], number=rounded(flow.encoder[t, s], 3))


def span(values: Array) -> tuple[float, float]:
    """Least and greatest size on the scale: of the numbers that are not 0, `DECADES` at most."""
    positive = values[(values > 0) & np.isfinite(values)]
    if not positive.size:
        return 0.1, 1.0
    high = float(positive.max())
    low = max(float(positive.min()), high / 10**DECADES)
    return (low, high) if low < high else (high / 10, high)


def ticks(low: float, high: float) -> tuple[Tick, ...]:
    """The powers of ten between two sizes, and where each stands on the scale."""
    first, last = math.log10(low), math.log10(high)
    found = [
        (power_of_ten(power), (power - first) / (last - first))
        for power in range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1)
    ]
    if len(found) > 1:
        return tuple(found)
    return (rounded(low), 0.0), (rounded(high), 1.0)


def _cells(
    flow: GradientFlow, palette: Palette, grid: Tokens, ends: tuple[float, float]
) -> dict[str, Any]:
    """The map itself."""
    first, last = (math.log10(end) for end in ends)
    values = [
        {
            "row": t,
            "column": s,
            "size": size,
            "place": (math.log10(max(size, ends[0])) - first) / (last - first),
            "number": rounded(size, 3),
        }
        for t, row in enumerate(flow.encoder.tolist())
        for s, size in enumerate(row)
    ]
    said = Said(tr("encoder state at"), tr("size of the gradient"), tr(CELL))
    return map_cells(values, grid, "place", palette.gradient_scale, said, palette)

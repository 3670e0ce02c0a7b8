"""The weights of one model less those of another, for the same tokens on both sides."""

from __future__ import annotations

import numpy as np

from s2s.plots.base import Chart
from s2s.plots.heat_map import heat_map
from s2s.plots.labels import MODES
from s2s.plots.map_frame import Tokens, names_of
from s2s.plots.palette import LIGHT, Palette
from s2s.results import Trace
from s2s.text.language import tr
from s2s.text.numbers import number


def same_grid(first: Trace, other: Trace) -> bool:
    """Whether two traces have the same source and output tokens, so that cells can be compared."""
    return first.source == other.source and first.output == other.output


def attention_difference(
    first: Trace,
    other: Trace,
    name: str,
    other_name: str,
    palette: Palette = LIGHT,
    width: int = 1000,
) -> Chart:
    """Draw `other` less `first`, −1 to 1, T rows by S columns.

    Args:
        first: a trace with attention.
        other: another of the same tokens, with attention.
        name: of the first model.
        other_name: of the other.
        palette: the theme's colours.
        width: px, for a figure outside a page; a page stretches it.

    Raises:
        ValueError: one has no attention, or their tokens differ.
    """
    if first.attention is None or other.attention is None or not same_grid(first, other):
        raise ValueError(f"{first.model} and {other.model} have no weights of the same tokens")
    mode = "teacher-forced" if len(first.forced) == first.steps else "free-running"
    title = tr("Attention of {other} less that of {model}, −1 to 1 ({mode})", other=other_name,
               model=name, mode=tr(MODES[mode]))  # fmt: skip
    return heat_map(
        np.asarray(other.attention, float) - np.asarray(first.attention, float),
        Tokens(first.source, first.output),
        names_of(first)[0],
        lambda value: (value + 1) / 2,
        lambda value: number(value, 2),
        (palette.signed_scale, (("1", 1.0), ("0", 0.5), ("−1", 0.0))),
        title,
        palette,
        width=width,
    )

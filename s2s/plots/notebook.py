"""Results that draw themselves in a notebook: which figure is whose, as a real Altair chart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from s2s.errors import UserError
from s2s.plots.attention_map import attention_map
from s2s.plots.base import Chart
from s2s.plots.beam_tree import beam_tree
from s2s.plots.contrast import contrast_strips
from s2s.plots.gradient_map import gradient_map
from s2s.plots.influence import influence_map
from s2s.plots.palette import LIGHT, Palette
from s2s.results import Contrast, Reading, Trace
from s2s.results.base import FIGURES
from s2s.results.matrix import Matrix
from s2s.text.language import tr


def as_altair(chart: Chart) -> Any:
    """A figure as an Altair chart, which can be combined, changed and saved.

    Raises:
        UserError: Altair is not installed.
    """
    try:
        return chart.altair()
    except ImportError:
        raise UserError(tr("Figures need Altair: pip install altair vl-convert-python.")) from None


def _trace(trace: Trace, **options: Any) -> Chart:
    if trace.attention is None:
        raise UserError(tr(
            "{model} has no attention, so there is no map; model.gradients(text).plot() shows what "
            "reached back.",
            model=trace.model,
        ))  # fmt: skip
    return attention_map(trace, **options)


def matrix_map(
    matrix: Matrix, palette: Palette = LIGHT, width: int = 1000, compact: bool = False
) -> Chart:
    """A map alone, drawn as that of a decode.

    Args:
        matrix: tokens and weights.
        palette: the theme's colours.
        width: px, for a figure outside a page; a page stretches it.
        compact: for phones: no numbers, shorter and smaller labels.
    """
    steps, size = matrix.attention.shape
    nothing = np.zeros((steps, 1))
    reading = Reading("", matrix.source, tuple(range(size)), size)
    trace = Trace(  # a map reads tokens and weights; the rest has the shapes that it must have
        matrix.name, reading, matrix.output, matrix.output, "eos", "", (),
        tuple((token,) for token in matrix.output), nothing, nothing[:, 0], nothing[:, 0],
        np.zeros((size, 1)), np.zeros(1), nothing, attention=matrix.attention,
    )  # fmt: skip
    return attention_map(trace, palette, width=width, compact=compact, how=tr("from a file"))


def _drawer(draw: Callable[..., Chart]) -> Callable[..., Any]:
    return lambda result, **options: as_altair(draw(result, **options))


DRAWN: dict[str, Callable[..., Chart]] = {
    Trace.__name__: _trace, "GradientFlow": gradient_map, "BeamTree": beam_tree,
    Matrix.__name__: matrix_map, "InputInfluence": influence_map,
    Contrast.__name__: contrast_strips,
}  # fmt: skip
FIGURES.update({name: _drawer(draw) for name, draw in DRAWN.items()})

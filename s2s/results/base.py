"""What every result shares: the array type and the check of shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from s2s.errors import UserError
from s2s.text.language import later

Array = NDArray[np.floating[Any]]

FIGURES: dict[str, Callable[..., Any]] = {}
"""Name of a kind of result to what draws it; `s2s.plots.notebook` fills it."""
PAGES: dict[str, Callable[[Any], str]] = {}
"""Name of a kind of result to its HTML in a notebook; `s2s.export.notebook` fills it."""
VIEWS: dict[str, Callable[[Any], Any]] = {}
"""Name of a kind of result to its step view in a notebook; `s2s.export.notebook` fills it."""


class Drawn:
    """A result that a notebook can draw."""

    def plot(self, **options: Any) -> Any:
        """Its figure, as an Altair chart.

        Args:
            options: of the function of `s2s.plots` that draws it.

        Raises:
            UserError: nothing draws it yet, or Altair is not installed.
        """
        draw = FIGURES.get(type(self).__name__)
        if draw is None:
            raise UserError(later("Name s2s.plots once (`s2s.plots`): it has the figures."))
        return draw(self, **options)

    def step_view(self) -> Any:
        """Its steps one by one, as a widget of a notebook.

        Its `step` is read and set where ``pip install -e .[notebook]`` was done; without that it
        is a frame, which shows the same.

        Raises:
            UserError: it has no steps, or nothing shows them yet.
        """
        show = VIEWS.get(type(self).__name__)
        if show is None:
            raise UserError(
                later("{kind} has no step view here; load a model with s2s.load, or a map with "
                      "s2s.matrix, and take its own.", kind=type(self).__name__)
            )  # fmt: skip
        return show(self)

    def _repr_html_(self) -> str | None:
        """What a notebook shows of it; None for its text."""
        show = PAGES.get(type(self).__name__)
        return None if show is None else show(self)


def check_shape(owner: object, name: str, array: Any, expected: tuple[int, ...]) -> None:
    """Refuse an array of another shape, printing both."""
    if array is not None and array.shape != expected:
        kind = type(owner).__name__
        raise ValueError(f"{kind}.{name} has shape {array.shape}, expected {expected}")

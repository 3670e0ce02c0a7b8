"""A map alone: tokens and weights of a model that is not here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from s2s.errors import UserError
from s2s.results.base import Array, Drawn
from s2s.text.language import N_, later

HIGHEST = 1 + 1e-3
"""A weight may be that large: rounding of a file."""


@dataclass(frozen=True, eq=False)
class Matrix(Drawn):
    """Attention weights from elsewhere; T output tokens, S source tokens.

    Attributes:
        source: S tokens.
        output: T tokens.
        attention: [T, S] weights from 0 to 1; their rows should sum to 1, which `unsummed` says.
        name: what it is called in figures.
    """

    source: tuple[str, ...]
    output: tuple[str, ...]
    attention: Array
    name: str = "a matrix"

    def __post_init__(self) -> None:
        """Refuse what is no map of these tokens.

        Raises:
            UserError: another shape, or numbers that are no weights.
        """
        shape = len(self.output), len(self.source)
        if not all(shape):
            raise UserError(later("A map needs source tokens and output tokens."))
        if self.attention.shape != shape:
            text = N_(
                "The weights are {weights: × }, but there are {output} output and {source} source "
                "tokens."
            )
            if self.attention.shape == shape[::-1]:
                text = N_(
                    "The weights are {weights: × }, but there are {output} output and {source} "
                    "source tokens. It may be turned round."
                )
            raise UserError(
                later(text, weights=self.attention.shape, output=shape[0], source=shape[1])
            )
        if not np.isfinite(self.attention).all():
            raise UserError(later("A weight is no finite number."))
        if self.attention.min() < 0 or self.attention.max() > HIGHEST:
            raise UserError(
                later("Weights must lie between 0 and 1; these may be scores: softmax them.")
            )

    def unsummed(self) -> float:
        """The largest |sum - 1| of a row."""
        return float(np.abs(self.attention.sum(1) - 1).max())

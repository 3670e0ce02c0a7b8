"""Why this word and not that one: what speaks for one token of a step against another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from s2s.results.base import Array, Drawn, check_shape
from s2s.results.saliency import LEFT_OUT, tolerance
from s2s.results.trace import Reading

WAYS = ("attention", "gradient_x_input", "integrated_gradients", "leave_one_out")
"""The rows that can be laid side by side, as the fields of a Contrast are named."""


@dataclass(frozen=True, eq=False)
class Contrast(Drawn):
    """Attributions of ln p(chosen) - ln p(other) at one step, the tokens before it held fixed.

    The difference of the two logarithms is that of the two logits: no third token has a part in it.
    A positive cell speaks for the chosen token, a negative one for the other (Yin & Neubig 2022).

    Attributes:
        model: the checkpoint's name.
        reading: what the model read.
        output: the tokens up to the step, the chosen one last.
        chosen: the token of the step.
        other: the token it is held against.
        probability: of the chosen token.
        other_probability: of the other.
        left_out: as in `Saliency`.
    """

    model: str
    reading: Reading
    output: tuple[str, ...]
    chosen: str
    other: str
    probability: float
    other_probability: float
    left_out: str
    gradient_x_input: Array
    """[S] x_s . df/dx_s, summed over the units of the input vector."""
    integrated_gradients: Array
    """[S] nats; NaN on start and end tokens, which the baseline keeps."""
    leave_one_out: Array
    """[S] f minus f without source token s; NaN where it cannot be left out."""
    attention: Array | None
    """[S] weights of the step; None without attention."""
    score: float
    """f = ln p(chosen) - ln p(other), nats."""
    baseline: float
    """f where every input vector but those of start and end tokens is 0."""
    points: int
    """Points of the path at which the gradient was taken."""
    change: float
    """The most that a cell of the integrated gradients moved when the points were doubled last."""

    def __post_init__(self) -> None:
        """Check every shape against S."""
        for name in WAYS:
            check_shape(self, name, getattr(self, name), (len(self.reading.tokens),))
        if self.left_out not in LEFT_OUT:
            raise ValueError(f"Contrast.left_out is {self.left_out!r}")

    @property
    def source(self) -> tuple[str, ...]:
        """The S source tokens in reading order."""
        return self.reading.tokens

    @property
    def step(self) -> int:
        """0-based."""
        return len(self.output) - 1

    @property
    def ways(self) -> tuple[str, ...]:
        """Those of WAYS that this model has."""
        return WAYS if self.attention is not None else WAYS[1:]

    def residual(self) -> float:
        """Sum of the integrated gradients, minus f(sentence) - f(baseline), in nats."""
        return float(np.nansum(self.integrated_gradients) - (self.score - self.baseline))

    def complete(self) -> bool:
        """Whether sum (Sundararajan et al. 2017, prop. 1) and cells are within tolerance."""
        cells = float(np.nan_to_num(np.abs(self.integrated_gradients)).max())
        ends, own = tolerance(np.array([self.score - self.baseline, cells]))
        return bool(abs(self.residual()) <= ends and self.change <= own)

"""How far each encoder state depends on each input vector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from s2s.results.base import Array, Drawn, check_shape
from s2s.results.trace import Reading


@dataclass(frozen=True, eq=False)
class InputInfluence(Drawn):
    """Sizes of derivatives by the input vectors: first-order sensitivity, not information.

    J_ts = dh_t/dx_s is the total derivative of the top-layer encoder state at source position t
    by the input vector at s, along every path (an LSTM's h and c); its size is the Frobenius norm.

    Attributes:
        model: the checkpoint's name.
        reading: what the model read.
        output: T tokens at which the context vectors were taken; none without attention.
    """

    model: str
    reading: Reading
    output: tuple[str, ...]
    influence: Array
    """[S, S] |J_ts|, both axes in reading order; 0 where s is read after t."""
    final: Array
    """[S] |dh_final/dx_s|, h_final being the state the encoder ends with: at the token read last,
    which is not the last one if the source is read backwards; of a bidirectional encoder the two
    halves, each at the end of its own way. It is what the bridge reads."""
    context: Array | None
    """[T, S] |sum_j a_tj J_js|: the context vector by x_s, the weights a held fixed; None without
    attention."""

    def __post_init__(self) -> None:
        """Check every shape against S and T."""
        source = len(self.reading.tokens)
        check_shape(self, "influence", self.influence, (source, source))
        check_shape(self, "final", self.final, (source,))
        check_shape(self, "context", self.context, (len(self.output), source))
        if (self.context is None) != (not self.output):
            raise ValueError("InputInfluence needs an output for its context, and none without")

    @property
    def source(self) -> tuple[str, ...]:
        """The S source tokens in reading order."""
        return self.reading.tokens

    @property
    def share(self) -> Array:
        """[S] each input's part of `final`; sums to 1. NaN if no input matters at all."""
        return _shares(self.final)

    @property
    def context_share(self) -> Array | None:
        """[T, S] each input's part of a row of `context`; None without attention."""
        return None if self.context is None else _shares(self.context)


def _shares(sizes: Array) -> Array:
    """Each row divided by its sum."""
    with np.errstate(invalid="ignore"):
        return sizes / sizes.sum(axis=-1, keepdims=True)

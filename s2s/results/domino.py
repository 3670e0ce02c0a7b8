"""What one wrong token does to the next ones: forced and free-running (Bengio et al. 2015, 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from s2s.results.base import check_shape


class Share(NamedTuple):
    """`right` tokens `of` so many."""

    right: int
    of: int

    @property
    def value(self) -> float:
        """0 to 1; NaN of nothing."""
        return self.right / self.of if self.of else float("nan")


@dataclass(frozen=True, eq=False)
class Domino:
    """Whether each token that a model writes is the reference's at the same place.

    The end token counts, a start token that the model writes does not. What is missing, or not in
    the model's vocabulary, is wrong.

    Attributes:
        model: its name.
        forced: [N, T] with the right tokens fed (teacher forcing): 1 right, 0 wrong, -1 where the
            reference has no token any more.
        free: [N, T] with its own tokens fed (free-running), likewise.
    """

    model: str
    forced: NDArray[np.int8]
    free: NDArray[np.int8]

    def __post_init__(self) -> None:
        """Both are of the same pairs."""
        check_shape(self, "free", self.free, self.forced.shape)

    def by_place(self, fed: str) -> list[Share]:
        """The share right at each place; `fed` is ``forced`` or ``free``."""
        marks = self.marks(fed)
        return [Share(int((row == 1).sum()), int((row >= 0).sum())) for row in marks.T]

    def after(self, fed: str, right: bool) -> Share:
        """P(right at t + 1) where the token at t was right, or wrong."""
        marks = self.marks(fed)
        before, here = marks[:, :-1], marks[:, 1:]
        counted = (before == int(right)) & (here >= 0)
        return Share(int((counted & (here == 1)).sum()), int(counted.sum()))

    def all(self, fed: str) -> Share:
        """The share right of all tokens."""
        marks = self.marks(fed)
        return Share(int((marks == 1).sum()), int((marks >= 0).sum()))

    def marks(self, fed: str) -> NDArray[np.int8]:
        """[N, T] of one way of feeding.

        Raises:
            ValueError: it is neither ``forced`` nor ``free``.
        """
        if fed not in ("forced", "free"):
            raise ValueError(f"{fed!r} is neither forced nor free")
        return self.forced if fed == "forced" else self.free

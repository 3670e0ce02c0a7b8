"""Whether attention ranks the source tokens as the attributions do, with controls."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from s2s.results.base import Array, check_shape
from s2s.results.saliency import Saliency
from s2s.text.language import N_

MOSTLY, PARTLY, NOT = VERDICTS = (
    N_("Mostly agrees"),
    N_("Partly agrees"),
    N_("Does not agree"),
)
# The least median tau for the first two. docs/verdicts.md tells how often chance comes up to them,
# and how well the attributions agree among themselves.
MOSTLY_FROM, PARTLY_FROM = 0.5, 0.2
BORDER = 0.05
"""A median this near to a threshold could as well be on its other side."""
DIGITS = 12


@dataclass(frozen=True, eq=False)
class Agreement:
    """Rank correlations between the methods, and what other attention weights would have done.

    Attributes:
        saliency: what was compared.
        seed: of the permutations.
    """

    saliency: Saliency
    tau: Array
    """[T, P] Kendall's tau-b of each pair of methods over the source tokens that all of them
    score; NaN under 3 of them, or where one method gives all of them the same value."""
    uniform: Array | None
    """[T] probability of output token t if the attention of step t alone were spread evenly over
    the source; None without attention."""
    permuted: Array | None
    """[N, T] the same for N random permutations of the weights of step t; None without
    attention."""
    seed: int

    def __post_init__(self) -> None:
        """Check every shape against T and the number of pairs."""
        steps = self.saliency.steps
        check_shape(self, "tau", self.tau, (steps, len(self.pairs)))
        check_shape(self, "uniform", self.uniform, (steps,))
        if self.permuted is not None:
            check_shape(self, "permuted", self.permuted, (len(self.permuted), steps))
        attends = self.saliency.attention is not None
        if (self.uniform is not None, self.permuted is not None) != (attends, attends):
            raise ValueError("Agreement has controls exactly where the model has attention")

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The P pairs of methods."""
        return tuple(combinations(self.saliency.methods, 2))

    @property
    def probabilities(self) -> Array:
        """[T] probability of output token t with the model's own weights."""
        return np.exp(self.saliency.log_probabilities)

    def between(self, first: str, second: str) -> Array:
        """[T] tau of two methods."""
        for number, pair in enumerate(self.pairs):
            if {first, second} == set(pair):
                return self.tau[:, number]
        raise KeyError((first, second))

    def median(self, step: int | None = None) -> float | None:
        """Median tau between attention and the three others, at one step or over all of them.

        None without attention, and where no tau is defined. Steps that the source does not move
        (`Saliency.moved`) have none and do not count: there is nothing to agree about.
        """
        return self._median([n for n, pair in enumerate(self.pairs) if "attention" in pair], step)

    def ceiling(self, step: int | None = None) -> float | None:
        """Median tau of the three attributions among themselves, of the same steps.

        What attention can be expected to reach: where the three disagree with each other, it
        cannot agree with all of them.
        """
        return self._median(
            [n for n, pair in enumerate(self.pairs) if "attention" not in pair], step
        )

    def verdict(self, step: int | None = None) -> str | None:
        """One of VERDICTS by the median; None where there is none."""
        median = self.median(step)
        if median is None:
            return None
        return MOSTLY if median >= MOSTLY_FROM else PARTLY if median >= PARTLY_FROM else NOT

    def near(self, step: int | None = None) -> str | None:
        """The verdict on the other side of a threshold that the median lies close to, if any."""
        median = self.median(step)
        if median is None:
            return None
        for threshold, above, below in ((MOSTLY_FROM, MOSTLY, PARTLY), (PARTLY_FROM, PARTLY, NOT)):
            if abs(median - threshold) < BORDER:
                return below if median >= threshold else above
        return None

    def _median(self, pairs: list[int], step: int | None) -> float | None:
        rows = self.saliency.moved()
        if step is not None:
            rows &= np.arange(len(rows)) == step
        found = self.tau[rows][:, pairs]
        found = found[~np.isnan(found)]
        # Of five tokens a tau of 1/5 comes out as 0.19999999999999998: short of a threshold of 0.2.
        return round(float(np.median(found)), DIGITS) if found.size else None

"""A beam search as a tree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from s2s.results.base import Array, check_shape


@dataclass(frozen=True, eq=False)
class BeamTree:
    """Every hypothesis a beam search considered.

    Node 0 is the start; ``parent[n] < n``. A node's score is the natural log probability of its
    tokens, without any length penalty.
    """

    tokens: tuple[str, ...]
    """[N] the token each node adds (the start token for node 0)."""
    parent: NDArray[np.int64]
    """[N] index of the parent, -1 for node 0."""
    step: NDArray[np.int64]
    """[N] 0-based output step, -1 for node 0."""
    score: Array
    """[N] natural log probability of the hypothesis that ends here."""
    survived: NDArray[np.bool_]
    """[N] kept by the search (in the next beam, or finished)."""
    finished: NDArray[np.bool_]
    """[N] ends a hypothesis."""
    ranking: tuple[int, ...]
    """Finished nodes, best first by penalised score."""
    penalised: Array
    """[len(ranking)] score divided by ((5 + length) / 6) ** alpha (Wu et al. 2016, eq. 14)."""

    def __post_init__(self) -> None:
        """Check every length."""
        nodes = len(self.tokens)
        for name in ("parent", "step", "score", "survived", "finished"):
            check_shape("BeamTree", name, getattr(self, name), (nodes,))
        check_shape("BeamTree", "penalised", self.penalised, (len(self.ranking),))

    def hypothesis(self, node: int) -> tuple[str, ...]:
        """The tokens from the start to a node."""
        path = []
        while self.parent[node] >= 0:
            path.append(self.tokens[node])
            node = int(self.parent[node])
        return tuple(reversed(path))

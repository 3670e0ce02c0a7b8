"""A beam search as a tree, and what it says about greedy search and about the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from s2s.results.base import Array, Drawn, check_shape
from s2s.results.trace import Trace

SAME = 1e-4
"""Nats. Log probabilities closer than this are equal: float32 in another batch is no better."""


def length_factor(length: ArrayLike, length_penalty: float) -> Array:
    """((5 + length) / 6) ** alpha: what a log probability is divided by (Wu et al. 2016, eq. 14).

    Args:
        length: of outputs in tokens, the end token counted.
        length_penalty: alpha; 0 gives 1.
    """
    return ((5 + np.asarray(length, dtype=np.float64)) / 6) ** length_penalty


@dataclass(frozen=True, eq=False)
class BeamTree(Drawn):
    """What a beam search ranked: the 2 · beam size best continuations of each step.

    Node 0 is the start; ``parent[n] < n``, and the nodes of a step stand in the order of their
    score. A node's score is the natural log probability of its tokens, without any length penalty.
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
    length_penalty: float = 0.0
    """alpha."""

    def __post_init__(self) -> None:
        """Check every length."""
        nodes = len(self.tokens)
        for name in ("parent", "step", "score", "survived", "finished"):
            check_shape(self, name, getattr(self, name), (nodes,))
        check_shape(self, "penalised", self.penalised, (len(self.ranking),))

    @property
    def steps(self) -> int:
        """How many steps the search took."""
        return int(self.step.max()) + 1

    def path(self, node: int) -> tuple[int, ...]:
        """The nodes from the first step to a node, itself included; none for the start."""
        path = []
        while self.parent[node] >= 0:
            path.append(node)
            node = int(self.parent[node])
        return tuple(reversed(path))

    def hypothesis(self, node: int) -> tuple[str, ...]:
        """The tokens from the start to a node."""
        return tuple(self.tokens[n] for n in self.path(node))

    def ranks(self) -> NDArray[np.int64]:
        """[N] 0-based place of each node among those of its step, best first."""
        ranks = np.zeros(len(self.tokens), dtype=np.int64)
        for step in range(self.steps):
            here = np.flatnonzero(self.step == step)
            ranks[here] = np.arange(len(here))
        return ranks

    def penalised_scores(self) -> Array:
        """[N] every node's score under the length penalty, as if it ended there."""
        # The start has length 0 and score 0.
        return self.score / length_factor(self.step + 1, self.length_penalty)

    def probabilities(self) -> Array:
        """[N] of each node's token after its parent's tokens; 1 for the start."""
        before = np.where(self.parent >= 0, self.score[self.parent], 0.0)
        return np.exp(self.score - before)


@dataclass(frozen=True, eq=False)
class SearchVerdict:
    """Where the fault lies, by the model's own log probability, without any length penalty.

    A search error: an output exists that the model itself finds more probable than the one that was
    found. A model error: the model finds its own output more probable than the right one, so that
    no better search would help (Stahlberg & Byrne 2019).

    Attributes:
        greedy: what greedy search writes.
        found: the finished hypotheses of another search, best first in that search's ranking.
        reference: a right answer, teacher-forced; None where none is known.
    """

    greedy: Trace
    found: tuple[Trace, ...]
    reference: Trace | None = None

    def __post_init__(self) -> None:
        """There must be something to compare, of one sentence."""
        if not self.found:
            raise ValueError("SearchVerdict needs at least one hypothesis that was found")
        others = [*self.found, *([] if self.reference is None else [self.reference])]
        if any(other.source != self.greedy.source for other in others):
            raise ValueError("SearchVerdict compares outputs of one source sentence")

    @property
    def best(self) -> Trace:
        """The most probable of what was found, whatever the length penalty ranks first."""
        return max(self.found, key=lambda trace: trace.log_probability)

    @property
    def gain(self) -> float:
        """By how many nats the best is more probable than greedy's output."""
        return self.best.log_probability - self.greedy.log_probability

    @property
    def greedy_missed(self) -> bool:
        """A search error of greedy: a more probable output exists."""
        return self.best.output != self.greedy.output and self.gain > SAME

    @property
    def search_missed(self) -> bool:
        """A search error of the other search: greedy's output is more probable than all it found.

        A beam is no guarantee: the hypothesis that would have become the best can be pruned.
        """
        return self.best.output != self.greedy.output and self.gain < -SAME

    @property
    def fault(self) -> str | None:
        """Against the reference: ``"none"``, ``"search"`` or ``"model"``; None without one.

        ``"none"``: the most probable output known, greedy's or found, is the reference.
        ``"search"``: the reference is more probable than all of them. ``"model"``: it is not.
        """
        if self.reference is None:
            return None
        top = self.greedy if self.search_missed else self.best
        if top.output == self.reference.output:
            return "none"
        return "search" if self.reference.log_probability > top.log_probability + SAME else "model"

    def rank(self, output: Sequence[str]) -> int | None:
        """1-based place of an output in what was found; None if it is not there."""
        places = [i for i, trace in enumerate(self.found, 1) if trace.output == tuple(output)]
        return places[0] if places else None

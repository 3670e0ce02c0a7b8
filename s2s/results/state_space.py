"""A corpus of states and one sentence's path through it, in three dimensions that stay fixed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from s2s.results.base import Array, check_shape
from s2s.results.hidden_states import HiddenStates
from s2s.results.projection import Projection, principal
from s2s.results.state_corpus import SIDES, Places, StateCorpus

MOST_FITTED, MOST_DRAWN = 4000, 500
"""States of each side that the directions are taken from, and that are drawn."""


@dataclass(frozen=True, eq=False)
class Cloud:
    """States of a corpus that are drawn: n of one side."""

    points: Array
    """[n, 3]."""
    states: Places
    """[n] their numbers among the side's."""


@dataclass(frozen=True, eq=False)
class StateSpace:
    """Three fixed directions through the states of a corpus.

    Attributes:
        view: states to points.
        fitted: how many states the directions come from.
        clouds: side to the states drawn; a side that has another number of units is missing.
    """

    view: Projection
    fitted: int
    clouds: dict[str, Cloud]

    def path(self, states: HiddenStates, layer: int) -> StatePath:
        """A sentence's way through it, at a layer; the sides that lie in this space alone."""
        points = {
            side: self.view(getattr(states, side)[layer].states) if side in self.clouds
            else np.empty((0, 3))
            for side in SIDES
        }  # fmt: skip
        return StatePath(
            states.source, states.output, points["encoder"], points["decoder"],
            self.view.explained, self.view.exact,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class StatePath:
    """One sentence's way: read, then written.

    Attributes:
        source: S tokens.
        output: T tokens.
        exact: whether the three dimensions are the units themselves.
    """

    source: tuple[str, ...]
    output: tuple[str, ...]
    encoder: Array
    """[S, 3], or [0, 3] where that side lies in another space."""
    decoder: Array
    """[T, 3], likewise."""
    explained: Array
    """[3] share of the corpus's variance along each direction."""
    exact: bool

    def __post_init__(self) -> None:
        """Check every shape against S and T."""
        for name, count in (("encoder", len(self.source)), ("decoder", len(self.output))):
            array = getattr(self, name)
            check_shape(self, name, array, (count if len(array) else 0, 3))


def state_space(corpus: StateCorpus, side: str | None = None, seed: int = 0) -> StateSpace:
    """The directions in which the states of a corpus spread most, and some of them to draw.

    Args:
        corpus: its states.
        side: whose states the space is of; None for both, where they have as many units (and the
            decoder's alone where they have not).
        seed: of which states are taken.
    """
    same = corpus.encoder.states.shape[1] == corpus.decoder.states.shape[1]
    sides = (side,) if side else SIDES if same else ("decoder",)
    draw = np.random.default_rng(seed)
    taken = {}
    for name in sides:
        count = len(corpus.side(name))
        taken[name] = draw.permutation(count)[:MOST_FITTED].astype(np.int32)
    fitted = [corpus.side(name).states[np.sort(taken[name])] for name in sides]
    states = np.concatenate(fitted)
    view = principal(states)
    clouds = {}
    for name in sides:
        drawn = np.sort(taken[name][:MOST_DRAWN])
        clouds[name] = Cloud(view(corpus.side(name).states[drawn].astype(float)), drawn)
    return StateSpace(view, len(states), clouds)

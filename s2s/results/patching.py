"""What brings an answer back: one encoder state of a clean run put into a corrupted one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from s2s.results.base import Array, check_shape

LEAST = 0.1
"""Nats of log odds that the other source must take away: a share of less says nothing."""


@dataclass(frozen=True, eq=False)
class Patching:
    """Activation patching (Meng et al. 2022): what each restored encoder state recovers.

    Attributes:
        model: the checkpoint's name.
        clean: S tokens of the source whose answer is wanted.
        corrupted: S tokens of the source that is read instead.
        output: T tokens, the clean run's own answer, which is fed in every run.
        answered: the corrupted run's own answer.
    """

    model: str
    clean: tuple[str, ...]
    corrupted: tuple[str, ...]
    output: tuple[str, ...]
    answered: tuple[str, ...]
    clean_odds: Array
    """[T] log odds of the output tokens in the clean run."""
    corrupted_odds: Array
    """[T] the same in the corrupted run."""
    patched_odds: Array
    """[T, S] the same in the corrupted run with the state at s restored."""

    def __post_init__(self) -> None:
        """Check every shape against S and T."""
        steps, source = len(self.output), len(self.clean)
        if len(self.corrupted) != source:
            raise ValueError(f"Patching has {source} clean and {len(self.corrupted)} other tokens")
        check_shape(self, "clean_odds", self.clean_odds, (steps,))
        check_shape(self, "corrupted_odds", self.corrupted_odds, (steps,))
        check_shape(self, "patched_odds", self.patched_odds, (steps, source))

    def lost(self) -> Array:
        """[T] nats of log odds that the other source takes from each token."""
        return self.clean_odds - self.corrupted_odds

    def recovered(self) -> Array:
        """[T, S] share of what is lost that came back: 0 none, 1 all; NaN where nothing is lost."""
        return _share(self.patched_odds, self.corrupted_odds[:, None], self.clean_odds[:, None])


@dataclass(frozen=True, eq=False)
class UnitPatching:
    """The same for units of one encoder state, at one step: one by one, and more and more of them.

    Attributes:
        model: the checkpoint's name.
        layer: 0-based, whose units.
        step: 0-based output step.
        place: 0-based source position.
        token: what is written at the step.
        at: what is read at the place in the clean run.
        clean_odds: log odds of the step's token in the clean run.
        corrupted_odds: in the corrupted one.
        counts: K numbers of units, from none to all M, rising.
    """

    model: str
    layer: int
    step: int
    place: int
    token: str
    at: str
    clean_odds: float
    corrupted_odds: float
    counts: tuple[int, ...]
    alone_odds: Array
    """[M] with this unit of the layer restored, h and c; both ways side by side."""
    together_odds: Array
    """[K] with so many units restored, those first that bring most back alone."""
    drawn_odds: Array
    """[K, R] with so many units restored that R draws took by chance."""

    def __post_init__(self) -> None:
        """Check every shape against M, K and R."""
        units, steps = len(self.alone_odds), len(self.counts)
        check_shape(self, "together_odds", self.together_odds, (steps,))
        check_shape(self, "drawn_odds", self.drawn_odds, (steps, self.drawn_odds.shape[-1]))
        if self.counts[0] != 0 or self.counts[-1] != units:
            raise ValueError(f"UnitPatching counts {self.counts}; they go from 0 to {units}")

    def share(self, odds: Array) -> Array:
        """Share of what is lost that log odds bring back; NaN where nothing is lost."""
        return _share(odds, np.asarray(self.corrupted_odds), np.asarray(self.clean_odds))

    def order(self) -> tuple[int, ...]:
        """The M units, those first that bring most back alone; of equals the lower number."""
        return strongest(self.alone_odds)


def strongest(alone: Array) -> tuple[int, ...]:
    """Units by what they bring back alone [M], the most first; of equals the lower number."""
    return tuple(int(n) for n in np.argsort(-alone, kind="stable"))


def _share(patched: Array, corrupted: Array, clean: Array) -> Array:
    lost = clean - corrupted
    enough = lost >= LEAST
    return np.where(enough, (patched - corrupted) / np.where(enough, lost, 1.0), np.nan)

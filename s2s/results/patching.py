"""What brings an answer back: one encoder state of a clean run put into a corrupted one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from s2s.results.base import Array, check_shape

NEAR = 1e-6
"""Log odds of the two runs that lie nearer than this leave nothing to recover."""


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
        check_shape("Patching", "clean_odds", self.clean_odds, (steps,))
        check_shape("Patching", "corrupted_odds", self.corrupted_odds, (steps,))
        check_shape("Patching", "patched_odds", self.patched_odds, (steps, source))

    def recovered(self) -> Array:
        """[T, S] share of the lost log odds that came back: 0 none, 1 all; NaN for nothing lost."""
        lost = self.clean_odds - self.corrupted_odds
        with np.errstate(invalid="ignore", divide="ignore"):
            share = (self.patched_odds - self.corrupted_odds[:, None]) / lost[:, None]
        return np.where(np.abs(lost)[:, None] > NEAR, share, np.nan)


@dataclass(frozen=True, eq=False)
class UnitPatching:
    """The same for single units of one encoder state, at one step.

    Attributes:
        step: 0-based output step.
        place: 0-based source position.
        clean_odds: log odds of the step's token in the clean run.
        corrupted_odds: in the corrupted one.
    """

    step: int
    place: int
    clean_odds: float
    corrupted_odds: float
    patched_odds: Array
    """[M] with this unit of the top layer restored; both ways side by side."""

    def recovered(self) -> Array:
        """[M] share of the lost log odds that came back."""
        lost = self.clean_odds - self.corrupted_odds
        if abs(lost) <= NEAR:
            return np.full(len(self.patched_odds), np.nan)
        return (self.patched_odds - self.corrupted_odds) / lost

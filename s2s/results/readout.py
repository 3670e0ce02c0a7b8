"""What can be read out of states: how well a linear probe tells an attribute, place by place."""

from __future__ import annotations

from dataclasses import dataclass

from s2s.results.base import Array, check_shape

EVERYWHERE = -1
"""Stands for all places together."""


@dataclass(frozen=True, eq=False)
class Readout:
    """Linear probes for one attribute, one for each of P places and R splits of the sentences.

    Attributes:
        model: the checkpoint's name.
        side: ``encoder`` or ``decoder``.
        layer: 0-based.
        attribute: what is told.
        places: P 0-based tokens of the side, or EVERYWHERE alone.
        about: one sentence on where the sentences come from.
    """

    model: str
    side: str
    layer: int
    attribute: str
    places: tuple[int, ...]
    about: str
    accuracy: Array
    """[P, R] share of held-out states told right."""
    control: Array
    """[P, R] the same after the labels were shuffled among the sentences."""
    majority: Array
    """[P, R] share of the held-out states that have the commonest value of the training ones."""
    states: Array
    """[P] states, training and held out."""
    values: Array
    """[P] different values among them."""

    def __post_init__(self) -> None:
        """Check every shape against P and R."""
        places, splits = len(self.places), self.accuracy.shape[-1]
        for name in ("accuracy", "control", "majority"):
            check_shape(self, name, getattr(self, name), (places, splits))
        for name in ("states", "values"):
            check_shape(self, name, getattr(self, name), (places,))

    @property
    def splits(self) -> int:
        """R."""
        return int(self.accuracy.shape[1])

    def selectivity(self) -> Array:
        """[P] mean accuracy less that of the control task (Hewitt and Liang 2019, 2.3)."""
        return self.accuracy.mean(axis=1) - self.control.mean(axis=1)


@dataclass(frozen=True, eq=False)
class Remembered:
    """How well a linear probe tells what was read first, by how much was read after it.

    Attributes:
        variant: the name of R models of one recipe and other seeds.
        lengths: L lengths of what is read.
    """

    variant: str
    lengths: tuple[int, ...]
    accuracy: Array
    """[L, R] share told right."""
    control: Array
    """[L, R] the same with shuffled labels."""

    def __post_init__(self) -> None:
        """Check both shapes."""
        for name in ("accuracy", "control"):
            array = getattr(self, name)
            check_shape(self, name, array, (len(self.lengths), array.shape[-1]))

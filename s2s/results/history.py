"""What training recorded, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class EpochReport:
    """One epoch of training.

    Attributes:
        epoch: 1-based.
        train_loss: nats, in the run's own reduction, accumulated while training.
        validation_loss: nats per target token, teacher-forced; None without a validation part.
        exact_match: share of validation outputs that are exactly right, greedy; None likewise.
        bleu: validation BLEU; None likewise.
        learning_rate: at the end of the epoch.
        teacher_forcing_ratio: in this epoch.
        updates: optimiser steps so far.
        seconds: processor time of this epoch's training, evaluation not counted; with one thread it
            is the wall clock's on a machine that does nothing else.
        written: what the model writes for each watched sentence after this epoch, free-running,
            specials included.
        forced: its best token at each step of the same sentences while the right token is fed.
        state_gradients: before this epoch's updates, h1 … hS and s1 … sT to the sum of the absolute
            gradient of one output token's loss at that encoder or decoder state; empty unless
            the run asks for it (tutorial 1).
    """

    epoch: int
    train_loss: float
    validation_loss: float | None
    exact_match: float | None
    bleu: float | None
    learning_rate: float
    teacher_forcing_ratio: float
    updates: int
    seconds: float
    written: tuple[str, ...] = ()
    forced: tuple[str, ...] = ()
    state_gradients: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Watched:
    """A watched sentence after one epoch; the texts as in EpochReport."""

    epoch: int
    source: str
    reference: str
    written: str
    forced: str


@dataclass(frozen=True, eq=False)
class History:
    """All that a checkpoint remembers of its training.

    Attributes:
        reports: one per epoch of the stored model.
        seeds: seed to its reports, the stored model's among them; empty if there was one run.
        watched: watched sentences, by epoch, then in the recipe's order.
        state_gradients: state (h1 … s1 …) to one value per epoch; empty if none were kept.
    """

    reports: tuple[EpochReport, ...] = ()
    seeds: Mapping[int, tuple[EpochReport, ...]] = field(default_factory=dict)
    watched: tuple[Watched, ...] = ()
    state_gradients: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

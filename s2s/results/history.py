"""What training recorded, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass


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
        seconds: training time of this epoch, evaluation not counted.
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

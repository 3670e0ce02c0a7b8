"""Quality on a set of pairs, over seeds, and of one model against another."""

from __future__ import annotations

from dataclasses import dataclass

from s2s.text.language import tr
from s2s.text.numbers import signed


@dataclass(frozen=True)
class LengthScore:
    """Quality on the sources of one length (specials not counted).

    BLEU counts runs of four tokens, so it is None where no reference has as many.
    """

    length: int
    pairs: int
    exact_match: float
    bleu: float | None


@dataclass(frozen=True)
class Evaluation:
    """Quality on a set of pairs, greedy decoding.

    Attributes:
        pairs: how many.
        exact_match: share of outputs equal to the reference token by token, 0 to 1.
        bleu: sacrebleu corpus BLEU, 0 to 100, tokens as the model has them, one reference.
        chrf: sacrebleu chrF, 0 to 100.
        unknown_rate: share of source tokens outside the vocabulary, 0 to 1.
        unfinished: share of outputs that reached the length limit without an end token.
        by_length: the same by source length.
    """

    pairs: int
    exact_match: float
    bleu: float
    chrf: float
    unknown_rate: float
    unfinished: float
    by_length: tuple[LengthScore, ...]


@dataclass(frozen=True)
class SeedScore:
    """What one seed of a recipe reached on the test part, or on the one pair; None if not known.

    Attributes:
        seed: which.
        train_loss: nats of the last epoch, in the run's own reduction.
        validation_loss: nats per target token after the last epoch.
        exact_match: 0 to 1.
        bleu: 0 to 100.
        chrf: 0 to 100.
        seconds: processor time of the training.
    """

    seed: int
    train_loss: float | None = None
    validation_loss: float | None = None
    exact_match: float | None = None
    bleu: float | None = None
    chrf: float | None = None
    seconds: float | None = None


def judged(scores: Evaluation | LengthScore | SeedScore, metric: str) -> float | None:
    """The score a task is judged by, 0 to 100: ``bleu``, or ``exact_match`` in per cent."""
    value: float | None = getattr(scores, metric)
    return value if value is None or metric == "bleu" else 100 * value


@dataclass(frozen=True)
class Gap:
    """One model's score less another's, 0 to 100.

    Attributes:
        mean: of the differences, seed by seed; of two single runs their difference.
        low: lower end of the 95 % t-interval of the mean; None for a single difference.
        high: the upper end.
    """

    mean: float
    low: float | None = None
    high: float | None = None

    @property
    def telling(self) -> bool:
        """Whether there is an interval, and 0 lies outside it."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high

    def text(self) -> str:
        """``+6.2 (+4.9 to +7.5)``."""
        ends = self.ends()
        return f"{signed(self.mean)} ({ends})" if ends else signed(self.mean)

    def ends(self) -> str:
        """``+4.9 to +7.5``; empty for a single difference."""
        if self.low is None or self.high is None:
            return ""
        return tr("{low} to {high}", low=signed(self.low), high=signed(self.high))

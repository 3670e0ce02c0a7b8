"""Quality on a set of pairs."""

from __future__ import annotations

from dataclasses import dataclass


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

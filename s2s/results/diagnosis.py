"""What is wrong with a model: checks with their values, healthy ranges and sentences."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from s2s.results.comparison import Refused
from s2s.results.ngrams import NGram, differing
from s2s.text.language import N_, Later, filled

Range = tuple[float | None, float | None]
"""Smallest and largest healthy value; None for no bound."""
VERDICTS = ("ok", "edge", "outside", "no_answer")


class Measured(NamedTuple):
    """What a check found.

    Attributes:
        value: None where it has no answer.
        places: the sentences that show it, the clearest first.
        alone: it is sure by itself; False where a second measure does not agree, so that a value
            outside the range is an edge.
        why: what a check without an answer needs.
    """

    value: float | None
    places: tuple[int, ...] = ()
    alone: bool = True
    why: str | Later = ""


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        name: one of `s2s.evaluation.checks.CHECKS`.
        value: what was measured; None without an answer.
        healthy: the range of models that work.
        verdict: ``ok``, ``edge`` (outside, but a second measure does not agree), ``outside`` or
            ``no_answer``.
        places: 0-based sentences that show it, the clearest first.
        why: what a check without an answer needs.
    """

    name: str
    value: float | None
    healthy: Range
    verdict: str
    places: tuple[int, ...]
    why: str | Later = ""

    @classmethod
    def of(cls, name: str, healthy: Range, found: Measured) -> Check:
        """Judge a value by its range."""
        low, high = healthy
        if found.value is None:
            verdict = "no_answer"
        elif (low is None or found.value >= low) and (high is None or found.value <= high):
            verdict = "ok"
        else:
            verdict = "outside" if found.alone else "edge"
        return cls(name, found.value, healthy, verdict, found.places, found.why)


@dataclass(frozen=True)
class Answer:
    """One sentence of the set and what became of it.

    Attributes:
        line: its number in the file, from 1.
        source: as typed.
        output: what the model wrote.
        reference: what it should have written; None without one.
        score: 0 to 100: exactly right or not where the task is judged so, else sentence chrF; NaN
            without a reference.
        chips: what happened to it: names of `s2s.evaluation.chips.CHIPS`.
        length: tokens of the source.
        rarest: place of its rarest word in the model's word list, from 1: lists that are made from
            training data begin with the most frequent. 0 if it has an unknown word; None where the
            tokens are characters.
        tokens: of the output, as they are scored.
        wanted: of the reference; None without one.
    """

    line: int
    source: str
    output: str
    reference: str | None
    score: float
    chips: tuple[str, ...]
    length: int = 0
    rarest: int | None = None
    tokens: tuple[str, ...] = ()
    wanted: tuple[str, ...] | None = None


class Bucket(NamedTuple):
    """Sentences that are alike.

    Attributes:
        name: of the bucket.
        places: 0-based sentences.
        score: their mean; NaN without references.
    """

    name: str
    places: tuple[int, ...]
    score: float


LENGTHS = (3, 5, 7, 9, 12, 16, 24)
"""Tokens of a source: where a bucket ends."""
RANKS = (100, 300, 1000, 3000)
"""Places in a word list: where a bucket ends."""
UNKNOWN = N_("unknown")


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """A lab report on one model and one set of sentences.

    Attributes:
        model: its name.
        task: its task's.
        set: the name of the set.
        checks: all of them, in the order of the table.
        answers: N sentences in the set's order.
        refused: lines left out.
    """

    model: str
    task: str
    set: str
    checks: tuple[Check, ...]
    answers: tuple[Answer, ...]
    refused: tuple[Refused, ...]

    def check(self, name: str) -> Check:
        """The check of that name."""
        return next(check for check in self.checks if check.name == name)

    def outside(self) -> tuple[Check, ...]:
        """The checks that found something, the most telling first."""
        return tuple(check for check in self.checks if check.verdict == "outside")

    def by_length(self) -> tuple[Bucket, ...]:
        """The sentences by the length of their source."""
        return self._buckets(lambda answer: _between(answer.length, LENGTHS))

    def by_rarest(self) -> tuple[Bucket, ...]:
        """The sentences by their rarest word; empty where tokens are characters."""
        return self._buckets(
            lambda answer: (
                None
                if answer.rarest is None
                else (len(RANKS) + 1, UNKNOWN)
                if answer.rarest == 0
                else _between(answer.rarest, RANKS)
            )
        )

    def _buckets(self, of: Callable[[Answer], tuple[int, str] | None]) -> tuple[Bucket, ...]:
        found: dict[tuple[int, str], list[int]] = {}
        for place, answer in enumerate(self.answers):
            key = of(answer)
            if key is not None:
                found.setdefault(key, []).append(place)
        return tuple(
            Bucket(name, tuple(places), fmean(self.answers[place].score for place in places))
            for (_, name), places in sorted(found.items())
        )

    def ngrams(self, other: Diagnosis | None = None) -> tuple[list[NGram], list[NGram]]:
        """Runs that it writes more often than the right answers do, or than another model.

        Args:
            other: the other model on the same set; None for the right answers.

        Raises:
            ValueError: when there are none, or the sets differ.
        """
        pairs = []
        lines = None if other is None else {one.line: one.tokens for one in other.answers}
        for answer in self.answers:
            theirs = answer.wanted if lines is None else lines.get(answer.line)
            if theirs is not None:
                pairs.append((answer.tokens, theirs))
        if not pairs:
            raise ValueError("there is nothing to compare with")
        return differing([own for own, _ in pairs], [theirs for _, theirs in pairs])

    def worst(self) -> list[int]:
        """Places of the sentences, the worst score first; those with more chips before others."""

        def rank(n: int) -> tuple[float, int, int]:
            answer = self.answers[n]
            score = answer.score if answer.score == answer.score else 0.0
            return score, -len(answer.chips), n

        return sorted(range(len(self.answers)), key=rank)


def _between(value: int, ends: Sequence[int]) -> tuple[int, str]:
    """Which bucket, and its name."""
    place = bisect_left(ends, value)
    low = ends[place - 1] + 1 if place else 1
    if place == len(ends):
        return place, filled(N_("{n} or more"), {"n": f"{low:,}"})
    return place, f"{low:,}–{ends[place]:,}"

"""What is wrong with a model: checks with their values, healthy ranges and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from s2s.results.comparison import Refused

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
    why: str = ""


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
    why: str = ""

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
    """

    line: int
    source: str
    output: str
    reference: str | None
    score: float
    chips: tuple[str, ...]


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

    def worst(self) -> list[int]:
        """Places of the sentences, the worst score first; those with more chips before others."""

        def rank(n: int) -> tuple[float, int, int]:
            answer = self.answers[n]
            score = answer.score if answer.score == answer.score else 0.0
            return score, -len(answer.chips), n

        return sorted(range(len(self.answers)), key=rank)

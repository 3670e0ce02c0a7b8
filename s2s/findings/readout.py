"""The one sentence above a picture, made from its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from s2s.results import Array, Trace
from s2s.text import label
from s2s.text.numbers import percent, places

SHOWN_FROM = 0.05
"""Weights below this get no number, and their token is not named."""
ENOUGH = 0.70
"""No more names once this share of the attention is told."""
MOST_NAMES = 3
LONGEST = 30
"""Characters of a token; a longer one is cut with an ellipsis."""


class Part(NamedTuple):
    """A piece of the sentence: plain text, not mark-up; whoever shows it escapes it.

    Attributes:
        text: as read; a token with its blanks made visible.
        kind: ``"plain"``, ``"token"`` (what was written) or ``"attended"`` (a source token).
        weight: 0 to 1: a token's probability, an attended token's weight, None for plain text.
        source: 0-based place of an attended token, None for the others.
    """

    text: str
    kind: str = "plain"
    weight: float | None = None
    source: int | None = None


@dataclass(frozen=True)
class Readout:
    """One sentence in parts, so that a page can set its tokens as tiles."""

    parts: tuple[Part, ...]

    def text(self) -> str:
        """The sentence as plain text; a token without a letter or digit in «», so that it shows."""
        return "".join(
            part.text
            if part.kind == "plain" or any(character.isalnum() for character in part.text)
            else f"«{part.text}»"
            for part in self.parts
        )


def readout(trace: Trace, step: int, peeky: bool = False) -> Readout:
    """Say what a model did at one step.

    Args:
        trace: a decoded sentence.
        step: 0-based output step.
        peeky: the model has no attention, but sees its one vector at every step.

    Returns:
        Such as "Writes tonight (85 %) while 58 % of its attention is on soir, 30 % on ce."

    Raises:
        ValueError: there is no such step.
    """
    check_step(trace, step)
    parts = [*_written(trace, step)]
    if trace.attention is None:
        seen = " that it sees at every step" if peeky else ""
        parts.append(Part(f" from one fixed vector{seen}: this model cannot look back."))
    else:
        empty = 0.0 if trace.empty_attention is None else float(trace.empty_attention[step])
        verb = "was put" if step in trace.attended else "is"
        parts += _looked(trace.source, trace.attention[step], empty, verb)
    return Readout(_joined(parts))


def _written(trace: Trace, step: int) -> Iterator[Part]:
    """What was written, how sure the model was, and whether it was made to."""
    share = float(trace.probabilities[step])
    token = Part(label(trace.output[step], LONGEST), "token", share)
    ends = trace.stopped == "eos" and step == trace.steps - 1
    sure = percent(share)
    if step in trace.forced:
        sure = f"its own probability: {sure}"
        yield Part("Was made to end the sentence (" if ends else "Was made to write ")
    else:
        yield Part("Ends the sentence (" if ends else "Writes ")
    yield token
    yield Part(f", {sure})" if ends else f" ({sure})")


def _looked(source: tuple[str, ...], row: Array, empty: float, verb: str) -> Iterator[Part]:
    """Where the attention was, most first.

    Args:
        source: S tokens.
        row: [S] their weights.
        empty: weight on empty slots.
        verb: "is", or "was put" where the visitor set the weights.
    """
    named = _named(row, empty)
    names = places(source)
    if not named:
        most = percent(float(row.max(initial=0.0)))
        yield Part(f" while at most {most} of its attention {verb} on any one source token")
    for index, place in enumerate(named):
        share = float(row[place])
        of = f" of its attention {verb}" if index == 0 else ""
        yield Part(f"{', ' if index else ' while '}{percent(share)}{of} on ")
        yield Part(label(source[place], LONGEST), "attended", share, place)
        yield Part(names[place])
    if empty > SHOWN_FROM:
        yield Part(f", {percent(empty)} on empty slots")
    yield Part(".")


def slots_note(trace: Trace) -> str:
    """What the empty slots beside a map are, and how much weight they take; empty without any."""
    if trace.empty_attention is None:
        return ""
    return (
        "Empty slots: this model keeps its encoder states in a fixed number of places, as "
        "tutorial 3 does with MAX_LENGTH. The places that a sentence leaves empty hold zeros; a "
        "score of 0, or the one of its place, is not nothing: softmax gives them weight too, here "
        f"{percent(float(trace.empty_attention.mean()))} of all. Nothing was read there."
    )


def _named(row: Array, empty: float) -> list[int]:
    """The source positions worth naming, most attended first."""
    named: list[int] = []
    told = empty if empty > SHOWN_FROM else 0.0
    for place in np.argsort(-row, kind="stable").tolist():
        if row[place] < SHOWN_FROM or len(named) == MOST_NAMES or (named and told >= ENOUGH):
            break
        named.append(place)
        told += float(row[place])
    return named


def _joined(parts: list[Part]) -> tuple[Part, ...]:
    """Neighbouring plain parts as one; empty ones vanish."""
    joined: list[Part] = []
    for part in parts:
        if joined and part.kind == joined[-1].kind == "plain":
            joined[-1] = Part(joined[-1].text + part.text)
        elif part.text:
            joined.append(part)
    return tuple(joined)


def check_step(trace: Trace, step: int) -> None:
    """Refuse a step that the trace does not have; a negative one would silently wrap round."""
    if not 0 <= step < trace.steps:
        raise ValueError(f"step {step} of a trace with {trace.steps} steps")

"""The one sentence above a picture, made from its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter
from typing import NamedTuple

import numpy as np

from s2s.results import Array, Trace
from s2s.results.matrix import Matrix
from s2s.text import label
from s2s.text.language import tr
from s2s.text.numbers import percent, places
from s2s.text.particles import particle

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


Value = str | Part | tuple[Part, ...]
"""What stands in a place of a sentence: text, a part, or several."""


def parts(text: str, **values: Value) -> tuple[Part, ...]:
    """A sentence in parts: plain text, and what stands in its places.

    Args:
        text: from the catalogue, with braces where values go; a format may be a pair of particles.
        values: by their names.
    """
    found: list[Part] = []
    for plain, name, pair, _ in Formatter().parse(text):
        found.append(Part(plain))
        if name is None:
            continue
        value = values[name]
        own: tuple[Part, ...]
        if isinstance(value, str):
            own = (Part(value),)
        else:
            own = (value,) if isinstance(value, Part) else value
        found += own
        if pair:
            found.append(Part(particle("".join(part.text for part in own), pair)))
    return _joined(found)


def row_of(items: Sequence[tuple[Part, ...]]) -> tuple[Part, ...]:
    """Several things with commas between them."""
    row = items[0]
    for item in items[1:]:
        row = (*row, Part(", "), *item)
    return _joined(row)


def listed(items: Sequence[tuple[Part, ...]]) -> tuple[Part, ...]:
    """Several things as a list ends: one, two and three."""
    *first, last = items
    return parts(tr("{items} and {more}"), items=row_of(first), more=last) if first else last


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
    written = _written(trace, step)
    if trace.attention is None:
        told = (
            tr("{written} from one fixed vector that it sees at every step: this model cannot look "
               "back.")
            if peeky
            else tr("{written} from one fixed vector: this model cannot look back.")
        )  # fmt: skip
        return Readout(parts(told, written=written))
    empty = 0.0 if trace.empty_attention is None else float(trace.empty_attention[step])
    looked = _looked(trace.source, trace.attention[step], empty, step in trace.attended)
    return Readout(parts(tr("{written} while {looked}."), written=written, looked=looked))


def _written(trace: Trace, step: int) -> tuple[Part, ...]:
    """What was written, how sure the model was, and whether it was made to."""
    share = float(trace.probabilities[step])
    ends = trace.stopped == "eos" and step == trace.steps - 1
    if step in trace.forced:
        text = (
            tr("Was made to end the sentence ({token}, its own probability: {sure})")
            if ends
            else tr("Was made to write {token} (its own probability: {sure})")
        )
    else:
        text = tr("Ends the sentence ({token}, {sure})") if ends else tr("Writes {token} ({sure})")
    token = Part(label(trace.output[step], LONGEST), "token", share)
    return parts(text, token=token, sure=percent(share))


def of_map(found: Matrix, step: int) -> Readout:
    """Say what a map alone tells of one step.

    Args:
        found: tokens and weights.
        step: 0-based output step.

    Returns:
        Such as "tonight: 58 % of its attention is on soir, 30 % on ce."
    """
    token = Part(label(found.output[step], LONGEST), "token")
    looked = _looked(found.source, found.attention[step], 0.0, False)
    return Readout(parts(tr("{token}: {looked}."), token=token, looked=looked))


def _looked(source: tuple[str, ...], row: Array, empty: float, put: bool) -> tuple[Part, ...]:
    """Where the attention was, most first.

    Args:
        source: S tokens.
        row: [S] their weights.
        empty: weight on empty slots.
        put: the visitor set the weights.
    """
    named, names = _named(row, empty), places(source)
    first = (
        tr("{share} of its attention was put on {token}")
        if put
        else tr("{share} of its attention is on {token}")
    )
    items: list[tuple[Part, ...]] = []
    for place in named:
        share = float(row[place])
        token = Part(label(source[place], LONGEST), "attended", share, place)
        text = tr("{share} on {token}") if items else first
        items.append(parts(text, share=percent(share), token=(token, Part(names[place]))))
    if not named:
        most = percent(float(row.max(initial=0.0)))
        text = (
            tr("at most {most} of its attention was put on any one source token")
            if put
            else tr("at most {most} of its attention is on any one source token")
        )
        items.append(parts(text, most=most))
    if empty > SHOWN_FROM:
        items.append(parts(tr("{share} on empty slots"), share=percent(empty)))
    return row_of(items)


def slots_note(trace: Trace) -> str:
    """What the empty slots beside a map are, and how much weight they take; empty without any."""
    if trace.empty_attention is None:
        return ""
    return tr(
        "Empty slots: this model keeps its encoder states in a fixed number of places, as "
        "tutorial 3 does with MAX_LENGTH. The places that a sentence leaves empty hold zeros; a "
        "score of 0, or the one of its place, is not nothing: softmax gives them weight too, here "
        "{share} of all. Nothing was read there.",
        share=percent(float(trace.empty_attention.mean())),
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


def _joined(found: Sequence[Part]) -> tuple[Part, ...]:
    """Neighbouring plain parts as one; empty ones vanish."""
    joined: list[Part] = []
    for part in found:
        if joined and part.kind == joined[-1].kind == "plain":
            joined[-1] = Part(joined[-1].text + part.text)
        elif part.text:
            joined.append(part)
    return tuple(joined)


def check_step(trace: Trace, step: int) -> None:
    """Refuse a step that the trace does not have; a negative one would silently wrap round."""
    if not 0 <= step < trace.steps:
        raise ValueError(f"step {step} of a trace with {trace.steps} steps")

"""A question with what the models say: its text filled in, its right answer, its claims held."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from s2s.errors import UserError
from s2s.lessons.lesson import Condition, Lesson, Path, Step, Words
from s2s.lessons.looks import Looks
from s2s.lessons.measures import MEASURES, NUMBERS, Value
from s2s.lessons.read import path as read_path
from s2s.text import label
from s2s.text.language import N_, later
from s2s.text.numbers import number, percent, rounded
from s2s.text.particles import PAIRS, particle

SIGNS = {"=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
         ">": operator.gt, ">=": operator.ge}  # fmt: skip
TAKES, TAKES_NOTHING = N_("{name} takes {names}"), N_("{name} takes nothing")
PLACE = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")
BOLD = re.compile(r"(\*\*|\*)(?=\S)(.+?)(?<=\S)\1")


class Run(NamedTuple):
    """A piece of a line: text, never mark-up.

    Attributes:
        text: as read.
        kind: ``plain``, ``strong``, ``em`` or ``token``.
    """

    text: str
    kind: str = "plain"


Line = tuple[Run, ...]


@dataclass(frozen=True)
class Filled:
    """One question as it is shown.

    Attributes:
        kind: ``choose``, ``press`` or ``number``.
        story: paragraphs before the question.
        question: a line.
        choices: a line each: what can be chosen or pressed; none for a number.
        right: ``choose``, ``press``: 0-based place of the right one. ``number``: the number.
        low: where a number's slider begins.
        high: where it ends.
        by: from one number to the next.
        shown: the right number as it is written.
        result: paragraphs after the guess.
        takeaway: a line to keep.
    """

    kind: str
    story: tuple[Line, ...]
    question: Line
    choices: tuple[Line, ...]
    right: float
    low: float
    high: float
    by: float
    shown: str
    result: tuple[Line, ...]
    takeaway: Line


def fill(lesson: Lesson, language: str, place: int, looks: Looks) -> Filled:
    """One question, with its claims checked.

    Args:
        lesson: the lesson.
        language: one that it has.
        place: 0-based question.
        looks: what the models say.

    Raises:
        UserError: where a claim does not hold, or something is asked that there is not.
    """
    step, words = lesson.steps[place], lesson.words[language][place]
    for claim in step.claims:
        if not holds(lesson, claim, looks):
            raise UserError(
                later(
                    "“{claim}” does not hold: {left} and {right}",
                    claim=claim.text,
                    left=written(lesson, claim.left, looks),
                    right=written(lesson, claim.right, looks),
                )
            )
    choices, right = _choices(lesson, step, words, looks)

    def line(text: str) -> Line:
        return runs(lesson, text, looks)

    shown = written(lesson, step.answer, looks) if step.answer and step.kind == "number" else ""
    return Filled(
        step.kind, tuple(map(line, words.story)), line(words.question), choices, right, step.low,
        step.high, step.by, shown, tuple(map(line, words.result)), line(words.takeaway),
    )  # fmt: skip


def _choices(
    lesson: Lesson, step: Step, words: Words, looks: Looks
) -> tuple[tuple[Line, ...], float]:
    """What can be chosen, and which is right."""
    if step.kind == "number":
        assert step.answer is not None
        right = _number(lesson, step.answer, looks)
        if not step.low <= right <= step.high:
            raise UserError(
                later(
                    "the answer {n:g} is not between {low:g} and {high:g}",
                    n=right,
                    low=step.low,
                    high=step.high,
                )
            )
        return (), right
    if step.kind == "press":
        assert step.answer is not None and step.press is not None
        tokens = value(lesson, step.press, looks)
        if not isinstance(tokens, tuple):
            raise UserError(later("{path} is no list of tokens", path=step.press))
        right = _number(lesson, step.answer, looks) - 1
        if not 0 <= right < len(tokens):
            raise UserError(
                later("the answer is token {n:g} of {all}", n=right + 1, all=len(tokens))
            )
        return tuple((Run(label(token), "token"),) for token in tokens), right
    if step.when:
        true = [holds(lesson, one, looks) for one in step.when]
    else:
        assert step.answer is not None
        wanted = value(lesson, step.answer, looks)
        true = [value(lesson, one, looks) == wanted for one in step.of]
    if sum(true) != 1:
        raise UserError(later("{n} of its choices are right, not one", n=sum(true)))
    return tuple(runs(lesson, text, looks) for text in words.choices), true.index(True)


def value(lesson: Lesson, path: Path, looks: Looks) -> Value:
    """What a path gives.

    Raises:
        UserError: for a name, a measure or an argument that there is not.
    """
    if not path.name:
        return path.constant
    seen, measure = lesson.one(path.name), MEASURES.get(path.measure)
    if measure is None:
        raise _wrong(path, later("there is no measure “{name}”", name=path.measure))
    if len(path.given) != len(measure.given):
        takes = TAKES if measure.given else TAKES_NOTHING
        raise _wrong(path, later(takes, name=path.measure, names=tuple(map(later, measure.given))))
    given: list[Any] = []
    for text, name in zip(path.given, measure.given, strict=True):
        if name in NUMBERS:
            if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text)):
                raise _wrong(
                    path,
                    later(
                        "{name} is {given!r}; it must be a number from 1 on",
                        name=later(name),
                        given=text,
                    ),
                )
            given.append(int(text))
        else:
            given.append(text)
    try:
        return measure.of(looks, seen, *given)
    except UserError as error:
        raise _wrong(path, error) from None


def _wrong(path: Path, why: object) -> UserError:
    """What is wrong with a path, behind it."""
    return UserError(later("{where}: {why}", where=path, why=why))


def _number(lesson: Lesson, path: Path, looks: Looks) -> float:
    found = value(lesson, path, looks)
    if not isinstance(found, int | float):
        raise UserError(later("{path} is no number", path=path))
    return float(found)


def holds(lesson: Lesson, one: Condition, looks: Looks) -> bool:
    """Whether a condition is true; UserError where a text and a number are compared by size."""
    left, right = value(lesson, one.left, looks), value(lesson, one.right, looks)
    if one.sign not in ("=", "!=") and not (
        isinstance(left, int | float) and isinstance(right, int | float)
    ):
        raise UserError(later("“{claim}” compares what is no number by size", claim=one.text))
    return bool(SIGNS[one.sign](left, right))


def written(lesson: Lesson, path: Path, looks: Looks, form: str = "") -> str:
    """What a path gives, as it is read.

    Args:
        lesson: whose path it is.
        path: what is asked.
        looks: what the models say.
        form: digits after the point for a number; a pair of particles is for `runs`.
    """
    found = value(lesson, path, looks)
    kind = MEASURES[path.measure].kind if path.name else "number"
    if isinstance(found, tuple):
        return " ".join(map(label, found))
    if isinstance(found, str):
        return label(found) if kind == "token" else " ".join(map(label, found.split()))
    if kind == "share":
        return percent(found)
    if kind == "count" or (not path.name and not form and float(found).is_integer()):
        return number(found)
    if form.isdecimal() and len(form) == 1:
        return number(found, int(form))
    return rounded(found) if kind == "size" else number(found, 1 if kind == "number" and abs(
        found) >= 10 else 2)  # fmt: skip


def runs(lesson: Lesson, text: str, looks: Looks) -> Line:
    """A line of Markdown (``**strong**`` and ``*em*``) with its places filled, as pieces of text.

    What the models say goes in after the mark-up was read, so it is text whatever it holds.
    """
    found: list[Run] = []

    def plain(part: str, kind: str) -> None:
        at = 0
        for place in PLACE.finditer(part):
            if place.start() > at:
                found.append(Run(part[at : place.start()], kind))
            asked, form = read_path(place[1]), (place[2] or "").strip()
            said = written(lesson, asked, looks, form)
            token = asked.name and MEASURES[asked.measure].kind in ("token", "text")
            found.append(Run(said, "token" if token else kind))
            if form in PAIRS:
                found.append(Run(particle(said, form), kind))
            at = place.end()
        if part[at:]:
            found.append(Run(part[at:], kind))

    at = 0
    for mark in BOLD.finditer(text):
        plain(text[at : mark.start()], "plain")
        plain(mark[2], "strong" if mark[1] == "**" else "em")
        at = mark.end()
    plain(text[at:], "plain")
    return tuple(found)


def plain_text(line: Line) -> str:
    """A line without its kinds."""
    return "".join(run.text for run in line)

"""Where a visitor is: lesson, question, guess, and whether the answer is shown; in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from s2s.lessons.lesson import Lesson
from ui.frame import link

LESSON, QUESTION, GUESS, ANSWER = "lesson", "question", "guess", "answer"


@dataclass(frozen=True)
class At:
    """A place in a lesson.

    Attributes:
        lesson: which one.
        question: 0-based.
        guess: a 0-based choice or a number; None before there is one.
        shown: whether the answer is there to be seen.
    """

    lesson: Lesson
    question: int = 0
    guess: float | None = None
    shown: bool = False


def at(lessons: Sequence[Lesson]) -> At:
    """What the address asks for; the first lesson's first question where it asks for nothing.

    Args:
        lessons: that there are; not empty.
    """
    view = link.view()
    lesson = next((one for one in lessons if one.name == view.get(LESSON)), lessons[0])
    asked = view.get(QUESTION, "")
    there = asked.isascii() and asked.isdecimal() and 1 <= int(asked[:4]) <= len(lesson.steps)
    place = int(asked[:4]) - 1 if there else 0
    return At(lesson, place, guessed(lesson, place, view.get(GUESS)), view.get(ANSWER) == "1")


def guessed(lesson: Lesson, question: int, told: object) -> float | None:
    """A guess as a number that the question can have; None for anything else."""
    try:
        value = float(str(told)[:20])
    except ValueError:
        return None
    step = lesson.steps[question]
    if step.kind == "number":
        return value if step.low <= value <= step.high else None
    most = len(step.of or step.when) if step.kind == "choose" else 1000
    return value if value.is_integer() and 0 <= value < most else None


def query(place: At) -> dict[str, str | None]:
    """A place as parameters of the address; None for one that is not there."""
    return {
        LESSON: place.lesson.name,
        QUESTION: str(place.question + 1) if place.question else None,
        GUESS: None if place.guess is None else f"{place.guess:g}",
        ANSWER: "1" if place.shown else None,
    }


def go(place: At) -> None:
    """Stand at a place, and write it into the address."""
    link.show(**query(place))

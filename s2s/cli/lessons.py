"""Check the lessons: files, questions, figures, and whether the models still say so."""

from __future__ import annotations

import argparse
from pathlib import Path

from s2s.errors import UserError
from s2s.lessons import read
from s2s.lessons.check import problems
from s2s.lessons.fill import fill, plain_text
from s2s.lessons.lesson import Lesson
from s2s.lessons.looks import Looks
from s2s.lessons.measures import MEASURES
from s2s.model.threads import one_thread
from s2s.text.language import LANGUAGES


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lessons``."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="only these lessons")
    parser.add_argument(
        "--folder", metavar="DIR", help="where the lessons lie; without it those of this checkout"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check", action="store_true", help="every problem, and exit code 2 if there is one"
    )
    what.add_argument("--measures", action="store_true", help="what a lesson can ask of the models")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the text printed")


def run(given: argparse.Namespace) -> int:
    """Print the lessons, what is wrong with them, or what they can ask."""
    if given.measures:
        for name, measure in MEASURES.items():
            print(f"{'.'.join((name, *measure.given)):44} {measure.kind:7} {measure.says}")
        return 0
    one_thread()
    found = _wanted(read.lessons(Path(given.folder) if given.folder else None), given.names)
    looks, wrong = Looks(), 0
    for lesson in found:
        if given.check:
            told = problems(lesson, looks)
            wrong += len(told)
            state = "ok" if not told else f"{len(told)} problems"
            print(f"{lesson.name:12} {len(lesson.steps)} questions, {', '.join(lesson.words)}: "
                  f"{state}")  # fmt: skip
            print("".join(f"  {one}\n" for one in told), end="")
        else:
            _print(lesson, lesson.spoken(given.language), looks)
    return 2 if wrong else 0


def _wanted(found: tuple[Lesson, ...], names: list[str]) -> list[Lesson]:
    there = {lesson.name: lesson for lesson in found}
    for name in names:
        if name not in there:
            raise UserError(f"There is no lesson {name}; there are {', '.join(there) or 'none'}.")
    if not found:
        raise UserError("There are no lessons here.")
    return [there[name] for name in names] or list(found)


def _print(lesson: Lesson, language: str, looks: Looks) -> None:
    print(f"\n{lesson.titles[language]}  [{lesson.name}]")
    for place in range(len(lesson.steps)):
        one = fill(lesson, language, place, looks)
        print(
            f"\n{place + 1}. " + " ".join(plain_text(line) for line in (*one.story, one.question))
        )
        for at, choice in enumerate(one.choices):
            print(f"   {'*' if at == one.right else '-'} {plain_text(choice)}")
        if one.shown:
            print(f"   = {one.shown}")
        print(f"   {' '.join(plain_text(line) for line in one.result)}")
        print(f"   > {plain_text(one.takeaway)}")

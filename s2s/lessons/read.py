"""Lessons from their folders: ``<name>/en.md`` and ``<name>/ko.md``, see docs/lessons.md.

A file begins with TOML between two lines ``+++`` and goes on in Markdown, one ``##`` a question.
The first language's file has the logic; another's has its title and its prose.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path as File
from typing import Any

from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.lessons.lesson import Condition, Lesson, Path, Seen, Step, View, Words
from s2s.text.language import LANGUAGES, Later, later

FOLDER = File(__file__).resolve().parents[2] / "lessons"
SIGNS = ("!=", "<=", ">=", "=", "<", ">")
KEYS = {"claims", "view", "before", "page", "answer", "of", "when", "press", "number", "from", "to",
        "by"}  # fmt: skip
HEADS = {"title", "place", "see", "step"}
SEES = {"model", "text", "force", "write"}


def lessons(folder: File | None = None) -> tuple[Lesson, ...]:
    """Every lesson of a folder, in their order; UserError for one that cannot be read."""
    folder = folder or FOLDER
    places = [one for one in sorted(folder.iterdir()) if one.is_dir()] if folder.is_dir() else []
    return tuple(sorted(map(lesson, places), key=lambda one: (one.place, one.name)))


def lesson(folder: File) -> Lesson:
    """One lesson.

    Raises:
        UserError: naming the file and what is wrong in it.
    """
    found: Lesson | None = None
    for language in LANGUAGES:
        path = folder / f"{language}.md"
        if not path.is_file():
            continue
        where = f"{folder.name}/{path.name}"
        try:
            head, body = _split(path)
            found = found or _logic(folder.name, head)
            _speak(found, language, head, body)
        except UserError as error:
            raise UserError(later("{where}: {why}", where=where, why=error)) from None
    if found is None:
        files = tuple(f"{language}.md" for language in LANGUAGES)
        raise UserError(later("{name} has neither {files: nor }.", name=folder.name, files=files))
    return found


def _split(path: File) -> tuple[dict[str, Any], str]:
    if path.stat().st_size > limits().card_bytes:
        raise UserError(later("the file is too large."))
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise UserError(later("the file is not UTF-8.")) from None
    parts = re.split(r"^\+\+\+$", text, maxsplit=2, flags=re.M)
    if len(parts) != 3 or parts[0].strip():
        raise UserError(
            later("it must begin with a line +++, some settings, and another line +++.")
        )
    try:
        head = tomllib.loads(parts[1])
    except tomllib.TOMLDecodeError as error:
        raise UserError(
            later("the settings between the lines +++: {why}.", why=str(error))
        ) from None
    _known(head, HEADS, later("the settings"))
    if not isinstance(head.get("title"), str) or not head["title"].strip():
        raise UserError(later("it has no title."))
    return head, parts[2]


def _known(given: Mapping[str, Any], names: set[str], where: str | Later) -> None:
    strange = sorted(given.keys() - names)
    if strange:
        raise UserError(
            later(
                "{where} know no “{key}”; there are {names}.",
                where=where,
                key=strange[0],
                names=(*sorted(names),),
            )
        )


def _logic(name: str, head: dict[str, Any]) -> Lesson:
    if not head.get("step"):
        raise UserError(later("the lesson's first language has no [[step]]."))
    seen = {key: _seen(key, given) for key, given in head.get("see", {}).items()}
    steps = []
    for n, given in enumerate(head["step"], 1):
        try:
            steps.append(_step(given))
        except UserError as error:
            raise UserError(later("step {n}: {why}", n=n, why=error)) from None
    place = head.get("place", 99)
    if not isinstance(place, int):
        raise UserError(later("place must be a whole number."))
    return Lesson(name, place, seen, tuple(steps))


def _seen(name: str, given: Any) -> Seen:
    where = f"see.{name}"
    if not isinstance(given, dict):
        raise UserError(later("{where} must have a model and a text.", where=where))
    _known(given, SEES, where)
    model, text, write = (given.get(key, "") for key in ("model", "text", "write"))
    force = given.get("force", {})
    if not (all(isinstance(one, str) for one in (model, text, write)) and model and text):
        raise UserError(later("{where} must have a model and a text.", where=where))
    if not isinstance(force, dict) or not all(
        key.isdecimal() and int(key) and isinstance(token, str) for key, token in force.items()
    ):
        why = later("force must give tokens by the numbers of their steps.")
        raise UserError(later("{where}: {why}", where=where, why=why))
    return Seen(model, text, tuple((int(key), token) for key, token in force.items()), write)


def _step(given: Any) -> Step:
    if not isinstance(given, dict):
        raise UserError(later("it is no table."))
    _known(given, KEYS, later("its settings"))
    kinds = [kind for kind, key in (("press", "press"), ("number", "number")) if key in given]
    if len(kinds) > 1:
        raise UserError(later("press and number are two kinds of question."))
    kind = kinds[0] if kinds else "choose"
    texts = {key: given.get(key) for key in ("view", "before", "page")}
    if not all(isinstance(text, str) and text.split() for text in texts.values()):
        raise UserError(later("view, before and page must say what is shown."))
    view, before, page = (
        View(words[0], tuple(words[1:])) for words in (str(t).split() for t in texts.values())
    )
    answer = given.get("number" if kind == "number" else "answer")
    low, high, by = (
        (given.get("from"), given.get("to"), given.get("by", 1)) if kind == "number" else (0, 0, 1)
    )
    if not all(isinstance(one, int | float) for one in (low, high, by)):
        raise UserError(later("a number needs from and to."))
    step = Step(
        kind,
        tuple(condition(text) for text in _texts(given, "claims")),
        view,
        before,
        page,
        answer=None if answer is None else path(str(answer)),
        of=tuple(path(text) for text in _texts(given, "of")),
        when=tuple(condition(text) for text in _texts(given, "when")),
        press=path(str(given["press"])) if kind == "press" else None,
        low=float(low or 0),
        high=float(high or 0),
        by=float(by),
    )
    if kind == "number" and not (step.low < step.high and step.by > 0):
        raise UserError(later("a number needs from and to."))
    if kind == "choose" and bool(step.when) == bool(step.of and step.answer):
        raise UserError(later("it needs when, or answer and of."))
    if kind != "choose" and step.answer is None:
        raise UserError(later("it has no answer."))
    return step


def _texts(given: Mapping[str, Any], key: str) -> list[str]:
    found = given.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise UserError(later("{key} must be a list of texts.", key=key))
    return found


def path(text: str) -> Path:
    """What is asked for, as written: ``plain.sure.4``, ``0.5``, or a text in quotes."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        return Path(constant=text[1:-1])
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return Path(constant=float(text))
    parts = text.split(".")
    if len(parts) < 2 or not all(parts):
        raise UserError(
            later("“{path}” is neither a number, nor 'a text', nor name.what.", path=text)
        )
    return Path(parts[0], parts[1], tuple(parts[2:]))


def condition(text: str) -> Condition:
    """Two things and how they compare, as written."""
    for sign in SIGNS:
        left, found, right = text.partition(f" {sign} ")
        if found:
            return Condition(path(left), sign, path(right), text)
    raise UserError(
        later(
            "“{claim}” compares nothing; there are {signs: }, between blanks.",
            claim=text,
            signs=SIGNS,
        )
    )


def _speak(lesson: Lesson, language: str, head: Mapping[str, Any], body: str) -> None:
    parts = re.split(r"^## .*$", body, flags=re.M)
    if parts[0].strip():
        raise UserError(later("before the first ## there is a text."))
    if len(parts) - 1 != len(lesson.steps):
        raise UserError(
            later(
                "{n} questions (##) for {wanted} steps.", n=len(parts) - 1, wanted=len(lesson.steps)
            )
        )
    words = []
    for n, part in enumerate(parts[1:], 1):
        try:
            words.append(_words(part, lesson.steps[n - 1]))
        except UserError as error:
            raise UserError(later("question {n}: {why}", n=n, why=error)) from None
    lesson.titles[language] = head["title"].strip()
    lesson.words[language] = tuple(words)


def _words(text: str, step: Step) -> Words:
    asked, line, told = text.partition("\n---\n")
    if not line:
        raise UserError(
            later("a line --- must stand between the question and what is said after it.")
        )
    story, question, choices = [], [], []
    for paragraph in _paragraphs(asked):
        lines = paragraph.split("\n")
        if lines[0].startswith("? "):
            question.append(" ".join([lines[0][2:], *lines[1:]]))
        elif lines[0].startswith("- "):
            choices += re.split(r"\n- ", paragraph[2:])
        else:
            story.append(" ".join(lines))
    result, takeaway = [], []
    for paragraph in _paragraphs(told):
        lines = paragraph.split("\n")
        if lines[0].startswith("> "):
            takeaway.append(" ".join(one.removeprefix(">").strip() for one in lines))
        else:
            result.append(" ".join(lines))
    if len(question) != 1 or len(takeaway) != 1:
        raise UserError(later("it needs one line that begins with ? and one that begins with >."))
    wanted = len(step.when or step.of)
    if len(choices) != wanted:
        raise UserError(later("{n} choices (-) for {wanted}.", n=len(choices), wanted=wanted))
    if not result:
        raise UserError(later("after --- nothing is said."))
    whole = tuple(" ".join(choice.split()) for choice in choices)
    return Words(tuple(story), question[0], whole, tuple(result), takeaway[0])


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]

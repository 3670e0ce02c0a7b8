"""Sentences whose attributes are known, because a generator made them: what may be read out.

They are drawn anew and lie in the test part wherever a task holds one back, so that no model has
been trained on them.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from s2s.errors import UserError
from s2s.tasks import TASKS, dates, phrases, testsets
from s2s.tasks.date_shapes import BOOK_SHAPES, BOOK_YEARS, SHAPES, YEARS, Shape, readings
from s2s.tasks.phrases.draw import draw_clause
from s2s.tasks.phrases.english import english
from s2s.tasks.phrases.grammar import Clause
from s2s.tasks.split import part_of
from s2s.text import label
from s2s.text.language import N_, later

Labels = Mapping[str, str]
"""Attribute to value, both for a person."""
MONTHS = tuple(date(2001, month, 1).strftime("%B") for month in range(1, 13))
PERSONS = {"1s": "I", "2": "you", "3s": "he, she, it", "1p": "we", "3p": "they"}
NEW = N_("Drawn anew from the task's generator, from its test part: no model was trained on them.")


@dataclass(frozen=True)
class Labelled:
    """One sentence and what is known about it."""

    text: str
    labels: Labels = field(default_factory=dict)


Drawn = tuple[str, Callable[[], Labelled]]


@dataclass(frozen=True)
class LabelledSet:
    """Sentences to read.

    Attributes:
        sentences: N of them, no text twice.
        about: one sentence on where they come from.
    """

    sentences: tuple[Labelled, ...]
    about: str

    @classmethod
    def of(cls, texts: Sequence[str], about: str) -> LabelledSet:
        """Texts about which nothing is known."""
        return cls(tuple(Labelled(text) for text in dict.fromkeys(texts)), about)


@dataclass(frozen=True)
class Generator:
    """A task's own source of sentences.

    Attributes:
        draw: of a random source, sentences without end, each as the key of its part and what writes
            it: that is asked for where the part is wanted.
        read: the labels of a typed text; empty where it is none of the task's.
    """

    draw: Callable[[random.Random], Iterator[Drawn]]
    read: Callable[[str], Labels]


def of_task(task: str, count: int, seed: int = 1) -> LabelledSet:
    """Sentences of a task: drawn by its generator, else those of its test set, else its examples.

    Args:
        task: its name.
        count: at most so many.
        seed: of the draws.

    Raises:
        UserError: for an unknown task, and for one that has no sentences at all.
    """
    if task not in TASKS:
        raise UserError(
            later("{name} is no task; there are {names}.", name=label(task, 40),
                  names=tuple(TASKS))
        )  # fmt: skip
    if count < 1:
        raise UserError(later("{n} sentences; ask for at least 1.", n=count))
    if task in GENERATORS:
        return LabelledSet(_drawn(task, count, seed), NEW)
    if task in testsets.names():
        found = testsets.of(task)
        texts = list(dict.fromkeys(source for source, _ in found.pairs))[:count]
        return LabelledSet.of(texts, found.about)
    examples = [text for text in TASKS[task].examples if text][:count]
    if not examples:
        raise UserError(later("{task} has no sentences of its own; give a file.", task=task))
    return LabelledSet.of(examples, N_("The examples of the task."))


def labels_of(task: str, text: str) -> Labels:
    """What is known about a typed text; empty where nothing is."""
    generator = GENERATORS.get(task)
    return generator.read(text) if generator else {}


def _drawn(task: str, count: int, seed: int) -> tuple[Labelled, ...]:
    data, found = TASKS[task].defaults.data, dict[str, Labelled]()
    draws = GENERATORS[task].draw(random.Random(f"{task}/{seed}"))
    for _, (key, write) in zip(range(1000 * count), draws, strict=False):
        if part_of(key, data.test_percent, data.validation_percent) == "test":
            one = write()
            found.setdefault(one.text, one)
        if len(found) == count:
            break
    return tuple(found.values())


def _letters(text: str) -> Labels:
    """First and last letter."""
    found = [letter for letter in text.lower() if letter in string.ascii_lowercase]
    return {N_("first letter"): found[0], N_("last letter"): found[-1]} if found else {}


def _strings(draw: random.Random) -> Iterator[Drawn]:
    data = TASKS["reverse"].defaults.data
    while True:
        length = draw.randint(data.shortest, data.longest)
        text = "".join(draw.choices(string.ascii_lowercase, k=length))
        yield text, partial(_string, text)


def _string(text: str) -> Labelled:
    return Labelled(text, _letters(text))


def _day(day: date) -> Labels:
    return {
        N_("month"): MONTHS[day.month - 1],
        N_("day"): str(day.day),
        N_("decade"): f"{day.year // 10}0s",
    }


def _dates(shapes: Sequence[Shape], years: tuple[int, int]) -> Generator:
    def draw(source: random.Random) -> Iterator[Drawn]:
        while True:
            seed = source.getrandbits(48)
            for text, iso, shape in dates.drawn(500, seed, shapes, years):
                yield iso, partial(written, text, iso, shape)

    def written(text: str, iso: str, shape: Shape) -> Labelled:
        return Labelled(text, {**_day(date.fromisoformat(iso)), N_("shape"): shape.name})

    def read(text: str) -> Labels:
        found = [one for one in readings(text.strip(), shapes) if one.day]
        days = {one.day for one in found}
        if len(days) != 1:
            return {}
        assert found[0].day is not None
        shape = {N_("shape"): found[0].shape.name} if len(found) == 1 else {}
        return {**_day(found[0].day), **shape}

    return Generator(draw, read)


def _clause(clause: Clause) -> Labels:
    return {
        N_("tense"): clause.tense, N_("person"): PERSONS[clause.person],
        N_("negation"): "negated" if clause.negation else "affirmed",
        N_("mood"): clause.mood, N_("politeness"): clause.politeness, N_("kind"): clause.kind,
    }  # fmt: skip


def _sentences(draw: random.Random) -> Iterator[Drawn]:
    while True:
        clause = draw_clause(draw)
        # The English is the key, and quickly made; the Korean takes a tokeniser.
        yield " ".join(word for word, _, _ in english(clause)), partial(_sentence, clause)


def _sentence(clause: Clause) -> Labelled:
    return Labelled(phrases.written(clause)[0], _clause(clause))


def _read_clause(text: str) -> Labels:
    """What all readings of a Korean text agree on."""
    found = [_clause(clause) for clause in phrases.read(text)]
    first = found[0] if found else {}
    return {k: v for k, v in first.items() if all(one[k] == v for one in found)}


GENERATORS = {
    "reverse": Generator(_strings, _letters),
    "dates": _dates(SHAPES, YEARS),
    "dates-book": _dates(BOOK_SHAPES, BOOK_YEARS),
    "phrases": Generator(_sentences, _read_clause),
}

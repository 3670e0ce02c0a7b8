"""The words of the ``phrases`` grammar: tables beside this file, and what is too short for one.

Korean words are written as Kiwi cuts them (``+`` between morphemes), English ones with ``_`` for a
blank. Everything is ours.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Morpheme = tuple[str, str]
"""A form and its tag, of the Sejong set that Kiwi uses."""


@dataclass(frozen=True)
class Noun:
    """A noun or pronoun.

    Attributes:
        korean: its morphemes.
        english: one word or more.
        kind: c takes a or the, u takes nothing, d takes the, n is a name, p a pronoun.
        groups: what it is, for the verbs' objects and subjects.
        person: 1s 2 3s 1p 3p, for the verb's form.
        objective: a pronoun's form as an object.
        possessive: a pronoun's form before a noun.
        at: preposition of a place where something happens.
        to: preposition of a place that is gone to.
    """

    korean: tuple[Morpheme, ...]
    english: str
    kind: str
    groups: frozenset[str]
    person: str = "3s"
    objective: str = ""
    possessive: str = ""
    at: str = ""
    to: str = ""


@dataclass(frozen=True)
class Verb:
    """A verb or an adjective that is a predicate.

    Attributes:
        korean: its stem.
        english: the base form; a second word follows the verb (wake up).
        third: with he, she, it.
        past: simple past.
        ing: present participle.
        objects: groups of nouns that it takes; empty where it takes none.
        place: ``at``, ``to`` or nothing: how it takes a place.
        other: ``to`` or ``with``: a second person it takes, or nothing.
        subjects: groups of nouns that do it.
    """

    korean: tuple[Morpheme, ...]
    english: str
    third: str
    past: str
    ing: str
    objects: frozenset[str] = frozenset()
    place: str = ""
    other: str = ""
    subjects: frozenset[str] = frozenset({"person"})


def _morphemes(text: str, tag: str) -> tuple[Morpheme, ...]:
    *first, last = text.split("+")
    return (*((form, "NNG") for form in first), (last, tag))


def _pronoun(
    korean: str, english: str, person: str, objective: str, possessive: str, groups: str = "person"
) -> Noun:
    return Noun(((korean, "NP"),), english, "p", frozenset(groups.split()), person, objective,
                possessive)  # fmt: skip


PRONOUNS: tuple[Noun, ...] = (
    _pronoun("나", "i", "1s", "me", "my"),
    _pronoun("저", "i", "1s", "me", "my"),
    _pronoun("너", "you", "2", "you", "your"),
    _pronoun("당신", "you", "2", "you", "your"),
    _pronoun("그", "he", "3s", "him", "his"),
    _pronoun("그녀", "she", "3s", "her", "her"),
    _pronoun("우리", "we", "1p", "us", "our"),
)
THINGS: tuple[Noun, ...] = (
    _pronoun("이것", "this", "3s", "this", "", "this"),
    _pronoun("그것", "it", "3s", "it", "", "this"),
    _pronoun("저것", "that", "3s", "that", "", "this"),
)

POSITIONS: tuple[tuple[str, str], ...] = (
    ("위", "on"), ("아래", "under"), ("안", "in"), ("옆", "next_to"), ("뒤", "behind"),
    ("앞", "in_front_of"),
)  # fmt: skip

IRREGULAR_PLURALS = {
    "man": "men", "woman": "women", "child": "children", "wife": "wives", "knife": "knives",
    "baby": "babies", "story": "stories", "dictionary": "dictionaries", "city": "cities",
    "puppy": "puppies", "fish": "fish", "watch": "watches", "dress": "dresses", "box": "boxes",
    "police_officer": "police_officers", "sandwich": "sandwiches", "person": "people",
    "potato": "potatoes", "tomato": "tomatoes", "bar_of_soap": "bars_of_soap",
    "strawberry": "strawberries",
}  # fmt: skip


MODIFIERS: tuple[tuple[tuple[Morpheme, ...], str], ...] = (
    *((((stem, "VA"), ("ᆫ", "ETM")), english) for stem, english in (
        ("크", "big"), ("작", "small"), ("좋", "good"), ("예쁘", "pretty"), ("비싸", "expensive"),
        ("싸", "cheap"), ("무겁", "heavy"), ("아름답", "beautiful"), ("더럽", "dirty"),
        ("나쁘", "bad"), ("하얗", "white"), ("빨갛", "red"), ("파랗", "blue"), ("까맣", "black"),
    )),
    ((("새", "MM"),), "new"),
)  # fmt: skip
DEMONSTRATIVES: tuple[tuple[str, str], ...] = (("이", "this"), ("그", "that"))
MANNERS: tuple[tuple[str, str], ...] = (
    ("빨리", "quickly"), ("천천히", "slowly"), ("열심히", "hard"), ("같이", "together"),
    ("다시", "again"), ("잘", "well"), ("많이", "a_lot"), ("자주", "often"), ("혼자", "alone"),
)  # fmt: skip


@dataclass(frozen=True)
class Time:
    """When: its morphemes, English, and the tense it goes with (any: all of them)."""

    korean: tuple[Morpheme, ...]
    english: str
    tense: str


def _rows(name: str) -> list[list[str]]:
    """The rows of a table beside this file, without its head; ``-`` is an empty field."""
    with Path(__file__).with_name(f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file, delimiter="\t")
    return [["" if field == "-" else field for field in row] for row in rows]


def _nouns() -> Iterator[Noun]:
    for korean, english, kind, groups in _rows("nouns"):
        tag = "NNP" if kind == "n" else "XSN" if korean.endswith("+님") else "NNG"
        yield Noun(_morphemes(korean, tag), english, kind, _set(groups))


def _places() -> Iterator[Noun]:
    for korean, english, at, to in _rows("places"):
        tag = "NP" if english in ("here", "there") else "NNG"
        yield Noun(((korean, tag),), english, "u", frozenset({"place"}), at=at, to=to)


def _verbs() -> Iterator[Verb]:
    for stem, tag, base, third, past, ing, objects, place, other, subjects in _rows("verbs"):
        yield Verb(_morphemes(stem, tag), base, third, past, ing, _set(objects), place, other,
                   _set(subjects))  # fmt: skip


def _adjectives() -> Iterator[Verb]:
    for stem, tag, english, subjects in _rows("adjectives"):
        yield Verb(_morphemes(stem, tag), english, "", "", "", subjects=_set(subjects))


def _times() -> Iterator[Time]:
    for korean, english, tense in _rows("times"):
        *nouns, last = korean.split("+")
        tag = "JKB" if last == "에" else "NNG"
        yield Time((*((n, "NNG") for n in nouns), (last, tag)), english, tense)


def _set(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(",")))


NOUNS, PLACES, VERBS = tuple(_nouns()), tuple(_places()), tuple(_verbs())
ADJECTIVES, TIMES = tuple(_adjectives()), tuple(_times())

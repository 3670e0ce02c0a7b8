"""The shapes in which people write a date, as data; what writes a day and what recognises one.

A shape is a CLDR date pattern in a language. One table of fields writes it and reads it, so that
what is trained, what is listed and what is recognised cannot differ.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import NamedTuple

from s2s.text.language import tr

EXAMPLE = date(2003, 3, 25)
CASES = ("title", "title", "lower", "upper")
# French writes its names small; many keyboards have no accents.
FRENCH_CASES = ("title", "title", "upper", "plain")
_ORDINALS = {"en": {"one": "st", "two": "nd", "few": "rd", "other": "th"},
             "fr": {"one": "er", "other": ""}}  # fmt: skip


def _plain(text: str) -> str:
    """Without accents."""
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in apart if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", kept)


_REWRITE: dict[str, Callable[[str], str]] = {
    "title": str,
    "lower": str.lower,
    "upper": str.upper,
    "plain": _plain,
}


@dataclass(frozen=True)
class Shape:
    """One way of writing a date.

    Attributes:
        pattern: of CLDR: d day, M month, y year, E weekday; quoted letters stand for themselves.
        locale: whose names and ordinals.
        ordinal: the day is written as 25th, or as 1er.
        settled: the numbers alone say which is the day: it is above 12, or equals the month.
        cases: how its letters are written, each as often as it stands here.
    """

    pattern: str
    locale: str = "en"
    ordinal: bool = False
    settled: bool = False
    cases: tuple[str, ...] = CASES

    @property
    def name(self) -> str:
        """The pattern, and what it does not say."""
        more = "" if self.locale == "en" else f" ({self.locale})"
        return self.pattern.replace("d", "do") + more if self.ordinal else self.pattern + more

    @property
    def example(self) -> str:
        """March 25, 2003 in this shape."""
        return self.write(EXAMPLE)

    @cached_property
    def pieces(self) -> tuple[tuple[str, str], ...]:
        """(field, literal text) in order: one of the two is empty."""
        from babel.dates import tokenize_pattern

        return tuple(
            ("", value) if isinstance(value, str) else (str(value[0]) * int(value[1]), "")
            for _, value in tokenize_pattern(self.pattern)
        )

    def fits(self, day: date) -> bool:
        """Whether this shape says this day and no other."""
        century = not self.two_digit_year or 1969 <= day.year <= 2068
        return century and (not self.settled or day.day > 12 or day.day == day.month)

    @property
    def two_digit_year(self) -> bool:
        """Whether the century is left out: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068."""
        return ("yy", "") in self.pieces

    def write(self, day: date, case: str = "title") -> str:
        """A day in this shape; `case` is title, lower, upper or plain (no accents)."""
        fields = _fields(day, self.locale)
        text = "".join(
            literal or fields["do" if self.ordinal and field == "d" else field]
            for field, literal in self.pieces
        )
        return _REWRITE[case](text)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Groups d, M, y and E, on text in small letters without accents."""
        names = _names(self.locale)

        def one(field: str) -> str:
            if field in names:
                inner = "|".join(map(re.escape, names[field]))
            else:
                inner = {"d": r"\d{1,2}", "dd": r"\d\d", "M": r"\d{1,2}", "MM": r"\d\d",
                         "yy": r"\d\d", "y": r"\d{4}"}[field]  # fmt: skip
            suffix = "|".join(filter(None, _ORDINALS.get(self.locale, {}).values()))
            optional = "?" if self.locale == "fr" else ""
            tail = f"(?:{suffix}){optional}" if self.ordinal and field == "d" else ""
            return f"(?P<{field[0]}>{inner}){tail}"

        return re.compile(
            "".join(re.escape(_plain(text)) if text else one(field) for field, text in self.pieces),
            re.ASCII,
        )


@cache
def _names(locale: str) -> Mapping[str, tuple[str, ...]]:
    """Field to the names it is written with, in small letters without accents."""
    from babel import Locale

    found = Locale.parse(locale)
    months, days = found.months["format"], found.days["format"]
    names = {
        "MMMM": [months["wide"][n] for n in range(1, 13)],
        "MMM": [months["abbreviated"][n] for n in range(1, 13)],
        "EEEE": [days["wide"][n] for n in range(7)],
        "EEE": [days["abbreviated"][n] for n in range(7)],
    }
    return {field: tuple(_plain(name.lower()) for name in row) for field, row in names.items()}


@cache
def _locale_names(locale: str) -> tuple[Mapping[str, Mapping[int, str]], tuple[str, ...]]:
    """Names as they are written, and the ordinal of each day of a month."""
    from babel import Locale

    found = Locale.parse(locale)
    months, days = found.months["format"], found.days["format"]
    endings = _ORDINALS.get(locale)
    ordinals = ("", *(f"{n}{endings[found.ordinal_form(n)]}" if endings else str(n)
                      for n in range(1, 32)))  # fmt: skip
    return {"MMMM": months["wide"], "MMM": months["abbreviated"],
            "EEEE": days["wide"], "EEE": days["abbreviated"]}, ordinals  # fmt: skip


def _fields(day: date, locale: str) -> dict[str, str]:
    names, ordinals = _locale_names(locale)
    return {
        "d": str(day.day), "dd": f"{day.day:02}", "do": ordinals[day.day],
        "M": str(day.month), "MM": f"{day.month:02}",
        "MMM": names["MMM"][day.month], "MMMM": names["MMMM"][day.month],
        "y": str(day.year), "yy": f"{day.year % 100:02}",
        "EEE": names["EEE"][day.weekday()], "EEEE": names["EEEE"][day.weekday()],
    }  # fmt: skip


_SLASHES = Shape("M/d/yy", settled=True)
_FRENCH = Shape("d MMMM y", "fr", ordinal=True, cases=FRENCH_CASES)

SHAPES: tuple[Shape, ...] = (
    # The month first, as in the United States.
    Shape("MMM d, y"), Shape("MMMM d, y"), Shape("EEEE, MMMM d, y"),
    Shape("MMM d y"), Shape("MMMM d y"), Shape("EEE MMM d y"), Shape("EEE, MMM d, y"),
    Shape("MMMM d, y", ordinal=True), Shape("MMMM d y", ordinal=True),
    Shape("MMMM d, y (EEEE)"),
    # The day first.
    Shape("d MMMM y"), Shape("d MMM y"), Shape("d-MMM-y"), Shape("d MMMM, y"),
    Shape("EEEE d MMMM y"), Shape("EEEE, d MMMM y"), Shape("EEE, d MMM y"),
    Shape("d MMMM y", ordinal=True), Shape("d 'of' MMMM y", ordinal=True),
    Shape("'the' d 'of' MMMM y", ordinal=True), Shape("d MMMM y, EEEE"),
    # Numbers, in both orders where the day settles it; with dots the day comes first.
    _SLASHES, Shape("M/d/y", settled=True), Shape("MM/dd/y", settled=True),
    Shape("d/M/yy", settled=True), Shape("d/M/y", settled=True), Shape("dd/MM/y", settled=True),
    Shape("d-M-y", settled=True), Shape("dd-MM-y", settled=True), Shape("MM-dd-y", settled=True),
    Shape("d.M.y"), Shape("dd.MM.y"),
    # The year first.
    Shape("y-MM-dd"), Shape("y-M-d"), Shape("y/MM/dd"), Shape("y/M/d"), Shape("y.MM.dd"),
    Shape("yMMdd"), Shape("y MMMM d"),
    # French and Korean.
    _FRENCH, replace(_FRENCH, pattern="'le' d MMMM y"), replace(_FRENCH, pattern="EEEE d MMMM y"),
    Shape("d MMM y", "fr", cases=FRENCH_CASES),
    Shape("y년 M월 d일", "ko"), Shape("y년 M월 d일 EEEE", "ko"), Shape("y. M. d.", "ko"),
    Shape("y. M. d", "ko"),
)  # fmt: skip
"""What ``dates`` is trained on."""

BOOK_SHAPES: tuple[Shape, ...] = (
    replace(_SLASHES, settled=False),
    Shape("MMM d, y"), Shape("MMMM d, y"), Shape("EEEE, MMMM d, y"),
)  # fmt: skip
"""What ``dates-book`` is trained on, in three cases: ten ways; with slashes the month is first."""
YEARS = (1900, 2099)
BOOK_YEARS = (1970, 2017)


class Written(NamedTuple):
    """A text in one of the shapes.

    Attributes:
        shape: which.
        match: groups d, M, y and E (where a weekday stands), with their places in the text.
        day: what it says; None where there is no such day.
    """

    shape: Shape
    match: re.Match[str]
    day: date | None

    @property
    def month(self) -> int:
        """1 to 12, or another number that was typed."""
        return _number(self.shape, self.match, "M")


def _number(shape: Shape, match: re.Match[str], part: str) -> int:
    written = match[part]
    if written.isdecimal():
        return int(written)
    names = _names(shape.locale)
    rows = [names[field] for field, _ in shape.pieces if field in names and field[0] == part]
    return rows[0].index(written) + (part == "M")


def readings(text: str, shapes: Sequence[Shape]) -> list[Written]:
    """Every shape that a text has, with the day it says in each."""
    lowered = _plain(text.lower())
    if len(lowered) != len(text):
        return []
    found = []
    for shape in shapes:
        match = shape.regex.fullmatch(lowered)
        if match is None:
            continue
        year, month = int(match["y"]), _number(shape, match, "M")
        if shape.two_digit_year:
            year += 1900 if year >= 69 else 2000
        try:
            day = date(year, month, int(match["d"]))
        except ValueError:
            day = None
        found.append(Written(shape, match, day))
    return found


def complaint(text: str, shapes: Sequence[Shape], years: tuple[int, int]) -> str:
    """Why a model of these shapes may answer wrongly, one sentence; empty where nothing is amiss.

    Args:
        text: as the model reads it.
        shapes: what it was trained on.
        years: the first and the last year it was trained on.
    """
    found = readings(text, shapes)
    if not found:
        return tr("This is none of the shapes it was trained on.")
    real = [written for written in found if written.day]
    if not real:
        return tr("There is no such day in the calendar.")
    days = sorted({written.day for written in real if written.day})
    if len(days) > 1:
        *others, last = (day.isoformat() for day in days)
        named = tr("{items} or {last}", items=", ".join(others), last=last)
        return tr("This can be read as {days}; such dates were left out of its training.",
                  days=named)  # fmt: skip
    if not years[0] <= days[0].year <= years[1]:
        return tr("It was trained on the years {first} to {last}.", first=years[0], last=years[1])
    for written in real:
        if written.match.groupdict().get("E") and written.day:
            said, true = _number(written.shape, written.match, "E"), written.day.weekday()
            if said != true:
                name = _locale_names(written.shape.locale)[0]["EEEE"][true]
                return tr("That day is another weekday: {name}.", name=name)
    return ""

"""Which language is spoken, and its catalogue: gettext's files, a folder a language in ``locale/``.

``tr("{n} of {of}", n=2, of=5)`` gives a sentence in the language of whoever asks; `N_` only marks
one, where it is said later, and `later` keeps its values with it. A value's format may be a pair of
particles, ``{token:은/는}``; that of a tuple is what stands between its items, ``{names:; }``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from math import isfinite
from pathlib import Path
from string import Formatter
from typing import Any

from s2s.text.particles import particle

LANGUAGES = {"en": "English", "ko": "한국어"}
"""By their codes, as they call themselves."""
ORIGINAL = "en"
"""What the code is written in; so are cards, and files for programs."""
FOLDER = Path(__file__).resolve().parent / "locale"

_chosen: ContextVar[str | None] = ContextVar("language", default=None)
_asked: list[Callable[[], str | None]] = []


def follow(asked: Callable[[], str | None]) -> None:
    """Ask this from now on which language whoever is served wants; None where nobody is."""
    _asked[:] = [asked]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """One language, whatever anybody wants, within a block or a function that it decorates.

    Raises:
        ValueError: for an unknown one.
    """
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is no language; there are {', '.join(LANGUAGES)}")
    token = _chosen.set(language)
    try:
        yield
    finally:
        _chosen.reset(token)


def current() -> str:
    """The code of the language that is spoken."""
    found = _chosen.get() or (_asked[0]() if _asked else None)
    return found if found in LANGUAGES else ORIGINAL


def nearest(locale: str | None) -> str:
    """The language of a browser's locale, ``ko-KR``; the first one where it is none of ours."""
    code = (locale or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else ORIGINAL


def N_(text: str) -> str:  # noqa: N802 (gettext's own name)
    """The text itself: marked, so that it stands in the catalogues."""
    return text


def tr(text: str, **values: object) -> str:
    """A sentence of the catalogue in the language that is spoken, with its values.

    Args:
        text: as the code has it, in English; with braces where values go.
        values: by their names.
    """
    said = catalogue(current()).get(text, text)
    return filled(said, values) if values else said


@dataclass(frozen=True)
class Later:
    """A sentence that is said when it is read, in the language of whoever reads it.

    So what is refused in one thread, or in another process, is read in each visitor's own.

    Attributes:
        text: as in `tr`.
        values: names and values.
    """

    text: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return tr(self.text, **dict(self.values))


def later(text: str, **values: object) -> Later:
    """As `tr`, said when it is read: ``raise UserError(later("…"))``."""
    return Later(text, tuple(values.items()))


def to_json(said: object) -> Any:
    """A sentence, or a value of one, for a file: what is said later keeps text and values apart.

    So who reads the file has it in his own language; see `from_json`.
    """
    if isinstance(said, Later):
        return {"text": said.text, "values": {name: to_json(one) for name, one in said.values}}
    if isinstance(said, tuple):
        return [to_json(one) for one in said]
    number = isinstance(said, int) or (isinstance(said, float) and isfinite(said))
    return said if number or isinstance(said, str) or said is None else str(said)


def from_json(held: object) -> str | Later:
    """What `to_json` made of a sentence; a plain one stays as it is, and what is none is empty.

    A file may come from anywhere: only a text of the catalogues is filled with its values.
    """
    text = held.get("text") if isinstance(held, dict) else held
    plain = text if isinstance(text, str) else ""
    try:
        found = _value(held)
        str(found)
    except (ValueError, LookupError, TypeError, RecursionError):
        return plain  # other values than the text has places for
    return found if isinstance(found, Later) else plain


def _value(held: object) -> object:
    if isinstance(held, list):
        return tuple(map(_value, held))
    if not isinstance(held, dict) or not isinstance(held.get("text"), str):
        return held
    text, values = held["text"], held.get("values")
    if not isinstance(values, dict) or not any(text in catalogue(code) for code in LANGUAGES):
        return text
    places = {name for _, name, _, _ in Formatter().parse(text)}
    return Later(text, tuple((name, _value(one)) for name, one in values.items() if name in places))


def filled(text: str, values: dict[str, object]) -> str:
    """A text with its values; a pair of particles as a format gives the right one after it."""
    return _Filler().vformat(text, (), values)


class _Filler(Formatter):
    """Formats as Python does, and knows particles."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value, with its particle where one is asked for; a tuple's items in a row."""
        particles = "/" in format_spec
        if isinstance(value, tuple):
            between = ", " if particles else format_spec or ", "
            value, format_spec = between.join(map(str, value)), format_spec * particles
        if particles:
            return f"{value}{particle(str(value), format_spec)}"
        return str(super().format_field(value, format_spec))


@cache
def catalogue(language: str) -> dict[str, str]:
    """What a language says for each text; nothing for the one of the code."""
    paths = sorted((FOLDER / language).glob("*.po"))
    if not paths:
        return {}
    from babel.messages.pofile import read_po

    said: dict[str, str] = {}
    for path in paths:
        with path.open("rb") as file:
            found = read_po(file, locale=language)
        said |= {str(one.id): str(one.string) for one in found if one.id and one.string}
    return said

"""What one file, one text and one visitor may take: a setting each, with a safe default.

An environment variable ``S2S_LIMIT_`` and the name in capitals sets another value, for example
``S2S_LIMIT_WEIGHTS_BYTES=4000000000``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from s2s.config import check_choices, check_positive, option
from s2s.errors import UserError
from s2s.text.language import later

PREFIX = "S2S_LIMIT_"


@dataclass(frozen=True)
class Limits:
    """The most that is read or kept. Whole numbers of at least 1."""

    config_bytes: int = option(2_000_000, "size of a model's config.json")
    vocabulary_bytes: int = option(20_000_000, "size of a model's vocab.json")
    vocabulary_tokens: int = option(1_000_000, "tokens of a vocabulary")
    weights_bytes: int = option(2_000_000_000, "size of a model's model.safetensors")
    table_bytes: int = option(20_000_000, "size of each table that training wrote")
    card_bytes: int = option(1_000_000, "size of a model's README.md")
    layers: int = option(100, "recurrent layers of a model")
    tokens: int = option(10_000, "tokens of one source or one answer, whatever a model asks for")
    file_bytes: int = option(20_000_000, "size of a file of pairs or gold links, also unpacked")
    file_lines: int = option(20_000, "lines of a file of pairs")
    line_characters: int = option(5_000, "characters of one of its lines")
    text_characters: int = option(5_000, "characters of a typed text")
    works: int = option(50, "works of seconds that stand in line for all visitors together")
    works_each: int = option(3, "works of seconds of one visitor that stand in line")
    uploads_bytes: int = option(200_000_000, "files that one visitor uploaded, all together")
    trainings: int = option(1, "trainings that run at one time")
    trainings_waiting: int = option(20, "trainings that wait for their turn")
    trainings_each: int = option(2, "trainings of one visitor that run or wait")
    trainings_kept: int = option(20, "runs in the list; the oldest finished one goes first")
    trainings_bytes: int = option(2_000_000_000, "runs and the models kept from them on the disk")
    imports: int = option(50, "imported models that are held for all visitors together")
    imports_each: int = option(3, "imported models of one visitor")
    imports_bytes: int = option(200_000_000, "files of one imported model, also unpacked")
    imports_minutes: int = option(240, "minutes after which an unused imported model goes")
    training_minutes: int = option(60, "minutes after which a training started in a page is ended")
    rooms: int = option(20, "rooms of lessons that are open at one time")
    room_visitors: int = option(100, "phones that follow one room")
    room_minutes: int = option(240, "minutes after which an unused room is closed")

    def __post_init__(self) -> None:
        """Check every value."""
        check_choices(self)
        check_positive(self, *(item.name for item in fields(self)))


def read(environment: Mapping[str, str]) -> Limits:
    """The limits of an environment.

    Raises:
        UserError: for a variable of an unknown limit, and for a value that is no whole number from
            1 on, each by name.
    """
    known = {f"{PREFIX}{item.name.upper()}": item.name for item in fields(Limits)}
    given = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            raise UserError(
                later("{name} is no limit; there are {known}.", name=name, known=tuple(known))
            )
        if not (text.isascii() and text.isdecimal() and len(text) < 16 and int(text)):
            raise UserError(
                later("{name} is {value!r}; it must be a whole number of at least 1.", name=name,
                      value=text)
            )  # fmt: skip
        given[known[name]] = int(text)
    return Limits(**given)


@cache
def limits() -> Limits:
    """The limits of this process."""
    return read(os.environ)

"""Tokens and numbers as a person reads them in a figure."""

from __future__ import annotations

import json
import unicodedata
from functools import lru_cache
from string import Formatter

from s2s.text.language import N_, tr

BOLD = 1.06  # how much wider bold is
# Source Sans advance widths in em, rounded up; other ASCII characters count as 0.56.
_WIDTHS = {
    " ": 0.21,
    **dict.fromkeys("ijl.,;:'|!I", 0.28),
    **dict.fromkeys('frt()[]{}-/\\"*', 0.37),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ&", 0.66),
    **dict.fromkeys("mwMW@%…", 0.84),
}


@lru_cache(maxsize=8192)  # titles are measured word by word for many widths
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Estimated width in px of a text at a font size in px; errs on the wide side."""
    em = sum(_character_width(character) for character in text)
    return em * size * (BOLD if bold else 1.0)


def _character_width(character: str) -> float:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if character.isascii():
        return 0.56
    if unicodedata.combining(character):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.6


MODES = {
    "free-running": N_("free-running"),
    "teacher-forced": N_("teacher-forced"),
    "partly": N_("some tokens forced"),
}
"""Where an output comes from, as a title says it."""


def mode_of(forced: int, steps: int) -> str:
    """How an output was made, in words, by how many of its tokens were forced."""
    return tr(MODES["free-running" if not forced else "teacher-forced" if forced == steps
                    else "partly"])  # fmt: skip


def spoken(text: str, **places: str) -> str:
    """A text as an expression of Vega: the browser fills its places.

    Args:
        text: from the catalogue, with braces where values go; no particles, which Python knows.
        places: expressions by their names.
    """
    found = []
    for plain, name, _, _ in Formatter().parse(text):
        if plain:
            found.append(json.dumps(plain, ensure_ascii=False))
        if name is not None:
            found.append(places[name])
    return " + ".join(found)


def fit(text: str, pixels: float, size: float) -> str:
    """A text, cut with an ellipsis where it would in bold be wider than `pixels`.

    Args:
        text: a label.
        pixels: room in px.
        size: font size in px.
    """
    if text_width(text, size, bold=True) <= pixels:
        return text
    size *= BOLD
    room = pixels - text_width("…", size)
    kept = 0
    for character in text:
        room -= _character_width(character) * size
        if room < 0:
            break
        kept += 1
    return text[: max(kept, 1)] + "…"

"""Compatibility folding: one character for the many ways of writing it, nothing lost silently.

Full-width letters, ligatures, presentation forms, curly quotes, dashes and slashes become the plain
characters that keyboards write; characters that are never seen (default-ignorable in Unicode's
sense: soft hyphens, zero-width blanks, variation selectors, marks of direction) go. What NFKC
would fold with another meaning stays: powers, fractions, the ellipsis, Hangul letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

# Unicode 17, DerivedCoreProperties.txt, Default_Ignorable_Code_Point.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# No compatibility decomposition leads from these to what a keyboard writes.
_PLAIN = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2044\u2215", "/"),
    "\u2236": ":",
    "\u3002": ".",
    "\uff61": ".",
    "\u3001": ",",
    "\uff64": ",",
}
_NEEDS_CARE = re.compile(f"[{_IGNORABLE}{''.join(_PLAIN)}]")
_ignorable = re.compile(f"[{_IGNORABLE}]").match
_SAME_MEANING = re.compile(
    "<(wide|narrow|noBreak|font|initial|medial|final|isolated|vertical|small|circle|square)>"
)


class Piece(NamedTuple):
    """A character with its accents.

    Attributes:
        typed: as it stands in the text.
        folded: what is read, NFC; empty where `typed` is never seen.
    """

    typed: str
    folded: str


def pieces(text: str) -> Iterator[Piece]:
    """The text, character by character; accents stay with what they stand on."""
    text = unicodedata.normalize("NFC", text)
    if unicodedata.is_normalized("NFKC", text) and not _NEEDS_CARE.search(text):
        yield from map(Piece, text, text)
        return
    typed, folded = "", ""
    for character in text:
        plain = _folded(character)
        joins = plain and folded.strip() and unicodedata.combining(plain[0])
        if typed and not joins:
            yield Piece(typed, unicodedata.normalize("NFC", folded))
            typed, folded = "", ""
        typed += character
        folded += plain
    if typed:
        yield Piece(typed, unicodedata.normalize("NFC", folded))


def fold(text: str) -> str:
    """The whole text folded, NFC."""
    return unicodedata.normalize("NFC", "".join(piece.folded for piece in pieces(text)))


@cache  # a corpus has millions of characters and a few hundred different ones
def _folded(character: str) -> str:
    if _ignorable(character):
        return ""
    if character in _PLAIN:
        return _PLAIN[character]
    tag, _, codes = unicodedata.decomposition(character).rpartition(">")
    if not tag:
        return character
    plain = "".join(_folded(chr(int(code, 16))) for code in codes.split())
    if _SAME_MEANING.match(f"{tag}>"):
        return plain
    # <compat>: ligatures, Roman numerals, ‼; <super>: letters, as in Mᵐᵉ.
    words = all(unicodedata.category(c)[0] in "LM" for c in plain)
    hangul = "\u3131" <= character <= "\u318e"
    marks = tag == "<compat" and set(plain) <= set("!?")
    if (words and tag in ("<compat", "<super", "<sub") and not hangul) or marks:
        return plain
    return character

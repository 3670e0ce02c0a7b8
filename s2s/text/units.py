"""Units: normalisers and tokenisers. What a normaliser drops is reported, never hidden."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from s2s.text import korean as morphemes

SENTENCE_MARKS = frozenset(".!?")
ASCII_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True)
class Normalised:
    """Text as a model reads it.

    Attributes:
        text: what is left, single spaces, stripped.
        dropped: runs of typed characters that left no trace, in order, white space not counted.
    """

    text: str
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class Tokeniser:
    """How a normalised text is split and put together again."""

    split: Callable[[str], list[str]]
    join: Callable[[Sequence[str]], str]


def _keep(text: str, rewrite: Callable[[str], str]) -> Normalised:
    """Rewrite a text character by character, remembering the runs that vanish."""
    kept: list[str] = []
    dropped: list[str] = []
    in_run = False
    for character in text:
        written = rewrite(character)
        if written:
            kept.append(written)
        elif unicodedata.combining(character):
            continue  # an accent: the letter below it is kept, so nothing was lost
        else:
            kept.append(" ")
            if not character.isspace():
                if in_run:
                    dropped[-1] += character
                else:
                    dropped.append(character)
        in_run = not written and not character.isspace()
    return Normalised(" ".join("".join(kept).split()), tuple(dropped))


def latin(text: str) -> Normalised:
    """Lower case, accents off, a space before ``. ! ?``, all but a-z and those marks to a space.

    The rule of tutorial 3 (and of PyTorch's translation tutorial before PyTorch 2).
    """
    return _keep(unicodedata.normalize("NFC", text), _latin_character)


@cache  # a corpus has millions of characters and a few hundred different ones
def _latin_character(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character.lower())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    if plain in SENTENCE_MARKS:
        return f" {plain}"
    return "".join(c for c in plain if c in ASCII_LETTERS)


def korean(text: str) -> Normalised:
    """As `latin`, but Hangul syllables stay (NFC: stripping to ASCII would delete them all)."""

    def rewrite(character: str) -> str:
        lowered = character.lower()
        if lowered in SENTENCE_MARKS:
            return f" {lowered}"
        # One character only: İ in lower case is i and a loose dot.
        keep = len(lowered) == 1 and ("a" <= lowered <= "z" or "가" <= lowered <= "힣")
        return lowered if keep else ""

    return _keep(unicodedata.normalize("NFC", text), rewrite)


def hangul(text: str) -> Normalised:
    """Hangul and ``. ! ?`` alone, and the ``+`` between morphemes that are cut already."""

    def rewrite(character: str) -> str:
        if character in SENTENCE_MARKS:
            return f" {character}"
        keep = morphemes.HANGUL.match(character) or character == morphemes.MARK
        return character if keep else ""

    return _keep(unicodedata.normalize("NFC", text), rewrite)


def letters(text: str) -> Normalised:
    """Letters a-z in lower case; everything else is dropped."""
    composed = unicodedata.normalize("NFC", text)
    result = _keep(composed, lambda c: c.lower() if c.lower() in ASCII_LETTERS else "")
    return Normalised(result.text.replace(" ", ""), result.dropped)


def verbatim(text: str) -> Normalised:
    """The text as typed, edge blanks off: what is not known is refused later, by name."""
    return Normalised(unicodedata.normalize("NFC", text).strip(), ())


NORMALISERS: dict[str, Callable[[str], Normalised]] = {
    "latin": latin,
    "korean": korean,
    "hangul": hangul,
    "letters": letters,
    "verbatim": verbatim,
}

TOKENISERS: dict[str, Tokeniser] = {
    "words": Tokeniser(str.split, " ".join),
    "characters": Tokeniser(list, "".join),
    "morphemes": Tokeniser(morphemes.split, morphemes.join),
}


def changed_words(typed: str, normaliser: Callable[[str], Normalised]) -> list[tuple[str, str]]:
    """Typed words whose letters the normaliser rewrote, beside what the model reads.

    Lower-casing, punctuation and dropped characters do not count: only letters that were replaced,
    such as ``fatigué`` read as ``fatigue``.
    """
    changed = []
    # Runs of letters: the parts of "l'été" count one by one.
    for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", typed).lower()):
        read = normaliser(word)
        pair = word, read.text
        if read.text and not read.dropped and read.text != word and pair not in changed:
            changed.append(pair)
    return changed

"""Units: normalisers and tokenisers. What a normaliser drops is reported, never hidden."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol

from s2s.text import korean as morphemes
from s2s.text.folding import Piece, pieces
from s2s.text.language import N_

SENTENCE_MARKS = frozenset(".!?")
ASCII_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
Find = Callable[[str], str | None]
"""A typed word or character to the token of a vocabulary that it is, or None."""


@dataclass(frozen=True)
class Normalised:
    """Text as a model reads it.

    Attributes:
        text: what is left, single spaces, stripped.
        dropped: runs of typed characters that left no trace, in order, white space not counted.
        rewritten: (typed, read) runs of characters that were folded into plain ones.
    """

    text: str
    dropped: tuple[str, ...]
    rewritten: tuple[tuple[str, str], ...] = ()


class Normaliser(Protocol):
    """How a text is rewritten before it is split."""

    def __call__(self, text: str, find: Find | None = None) -> Normalised:
        """Rewrite a text; a character that `find` knows is kept as that token."""


@dataclass(frozen=True)
class Tokeniser:
    """How a normalised text is split and put together again."""

    split: Callable[[str], list[str]]
    join: Callable[[Sequence[str]], str]


def _keep(text: str, rewrite: Callable[[str], str], find: Find | None = None) -> Normalised:
    """Rewrite a text character by character, remembering the runs that vanish or are folded.

    Args:
        text: as typed.
        rewrite: a folded character to what is read in its place, or nothing.
        find: the characters that a vocabulary knows: they are kept.
    """
    if find is None:
        kept: list[str] = []
        dropped: tuple[str, ...] = ()
        rewritten: tuple[tuple[str, str], ...] = ()
        for word in text.split():
            read = _word(word, rewrite)
            if read.text:
                kept.append(read.text)
            dropped += read.dropped
            rewritten += read.rewritten
        return Normalised(" ".join(kept), dropped, rewritten)
    read = _characters(text, rewrite, find)
    if find(" ") is None:
        return read
    blanks = [(run, " ") for run in re.findall(r"\s+", text.strip()) if run != " "]
    return Normalised(read.text, read.dropped, (*read.rewritten, *blanks))


@lru_cache(maxsize=50_000)  # a corpus has millions of words and some ten thousand different ones
def _word(word: str, rewrite: Callable[[str], str]) -> Normalised:
    read = _characters(word, rewrite, lambda _: None)
    return Normalised(_nfc(read.text), read.dropped, read.rewritten)


def _characters(text: str, rewrite: Callable[[str], str], find: Find) -> Normalised:
    kept: list[str] = []
    lost: list[str] = []
    folded: list[tuple[str, str]] = []
    last = ""  # what happened to the character before: runs are told as one
    for piece in pieces(text):
        typed, read = piece
        known = "" if _is_blank(typed, find) else _known(piece, find)
        # An accent alone is no letter: it goes with the sign that it stands on.
        written = known or (read and rewrite(read[0]) and "".join(rewrite(c) for c in read))
        event = ""
        if typed.isspace() and not known:
            kept.append(" ")
        elif written:
            kept.append(written)
            plain = known or read
            if _nfc(plain) != _nfc(typed):
                event = "folded"
                before = folded.pop() if last == event else ("", "")
                folded.append((before[0] + typed, before[1] + plain))
        elif unicodedata.combining(typed[0]):
            continue  # an accent: the letter below it is kept, so nothing was lost
        else:
            kept.append(" " if read else "")
            event = "lost"
            lost.append((lost.pop() if last == event else "") + typed)
        last = event
    return Normalised(re.sub(" +", " ", "".join(kept)).strip(" "), tuple(lost), tuple(folded))


def _is_blank(character: str, find: Find) -> bool:
    """Whether it is white space that no token stands for by itself."""
    return character.isspace() and (character == " " or find(character) != character)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _known(piece: Piece, find: Find) -> str:
    """The tokens of a vocabulary that a character is, as typed or in another form; "" if none."""
    for form in (_nfc(piece.typed), piece.folded, unicodedata.normalize("NFD", piece.folded)):
        found = [find(character) or "" for character in form]
        if found and all(len(token) == 1 for token in found):
            return "".join(found)
    return ""


def latin(text: str, find: Find | None = None) -> Normalised:
    """Lower case, accents off, a space before ``. ! ?``, all but a-z and those marks to a space.

    The rule of tutorial 3 (and of PyTorch's translation tutorial before PyTorch 2).
    """
    return _keep(text, _latin_character, find)


@cache  # a corpus has millions of characters and a few hundred different ones
def _latin_character(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character.lower())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    if plain in SENTENCE_MARKS:
        return f" {plain}"
    return "".join(c for c in plain if c in ASCII_LETTERS)


def korean(text: str, find: Find | None = None) -> Normalised:
    """As `latin`, but Hangul syllables stay (NFC: stripping to ASCII would delete them all)."""
    return _keep(text, _korean_character, find)


def _korean_character(character: str) -> str:
    lowered = character.lower()
    if lowered in SENTENCE_MARKS:
        return f" {lowered}"
    # One character only: İ in lower case is i and a loose dot.
    keep = len(lowered) == 1 and ("a" <= lowered <= "z" or "가" <= lowered <= "힣")
    return lowered if keep else ""


def hangul(text: str, find: Find | None = None) -> Normalised:
    """Hangul and ``. ! ?`` alone."""
    return _keep(text, _hangul_character, find)


def _hangul_character(character: str) -> str:
    if character in SENTENCE_MARKS:
        return f" {character}"
    return character if morphemes.HANGUL.match(character) else ""


def letters(text: str, find: Find | None = None) -> Normalised:
    """Letters a-z in lower case; everything else is dropped."""
    result = _keep(text, _letter, find)
    return Normalised(result.text.replace(" ", ""), result.dropped, result.rewritten)


def _letter(character: str) -> str:
    return character.lower() if character.lower() in ASCII_LETTERS else ""


def verbatim(text: str, find: Find | None = None) -> Normalised:
    """The text as typed, folded, single blanks: what is not known is refused later, by name."""
    return _keep(text, str, find)


def any_script(text: str, find: Find | None = None) -> Normalised:
    """Letters and digits of any script in lower case, accents kept; ``. ! ? ,`` set apart."""
    return _keep(text, _any_character, find)


def _any_character(character: str) -> str:
    if character in SENTENCE_MARKS or character == ",":
        return f" {character}"
    if character.isalnum() or unicodedata.category(character)[0] == "M":
        lowered = character.lower()
        return lowered if len(lowered) == 1 else character
    return ""


def latin_no_stop(text: str, find: Find | None = None) -> Normalised:
    """As `latin`, but the full stop goes: PyTorch's translation tutorial of 2023."""
    return _keep(text, _without_stop, find)


def _without_stop(character: str) -> str:
    plain = _latin_character(character)
    return "" if plain == " ." else plain


def lower(text: str, find: Find | None = None) -> Normalised:
    """Lower case, everything kept; ``. ! ? ,`` set apart (Dive into Deep Learning)."""
    return _keep(text, _lower_character, find)


def _lower_character(character: str) -> str:
    if character in SENTENCE_MARKS or character == ",":
        return f" {character}"
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


NORMALISERS: dict[str, Normaliser] = {
    "latin": latin,
    "korean": korean,
    "hangul": hangul,
    "letters": letters,
    "verbatim": verbatim,
    "any": any_script,
    "latin_no_stop": latin_no_stop,
    "lower": lower,
}

MANNERS = {
    "verbatim": N_("as typed"),
    "lower": N_("small letters, all else kept"),
    "any": N_("small letters, accents kept, no other signs"),
    "latin": N_("small a–z, no accents, . ! ?"),
    "latin_no_stop": N_("small a–z, no accents, ! ?"),
    "letters": N_("small a–z alone"),
    "korean": N_("Hangul, small a–z, . ! ?"),
    "hangul": N_("Hangul, . ! ?"),
}
"""What each normaliser leaves of a text, in few words."""

TOKENISERS: dict[str, Tokeniser] = {
    "words": Tokeniser(str.split, " ".join),
    "characters": Tokeniser(list, "".join),
    "morphemes": Tokeniser(morphemes.split, " ".join),
}


def changed_words(typed: str, normaliser: Normaliser) -> list[tuple[str, str]]:
    """Typed words whose letters the normaliser rewrote, beside what the model reads.

    Lower-casing, punctuation, folding and dropped characters do not count: only letters that were
    replaced, such as ``fatigué`` read as ``fatigue``.
    """
    changed = []
    folded = "".join(piece.folded for piece in pieces(typed))
    # Runs of letters: the parts of "l'été" count one by one.
    for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", folded).lower()):
        read = normaliser(word)
        pair = word, read.text
        if read.text and not read.dropped and read.text != word and pair not in changed:
            changed.append(pair)
    return changed

"""The Korean particle after any token: 은/는, 이/가, 을/를, 과/와, 으로/로.

Which one it is depends on the last sound. Hangul shows it; digits are read in Korean, single
letters and abbreviations by their letters' names, other Latin words roughly as Korean writes them
(book 북, week 위크), and a sign by its name (. is 마침표).
"""

from __future__ import annotations

import re
import unicodedata

PAIRS = (
    "은/는",
    "이/가",
    "을/를",
    "과/와",
    "아/야",
    "으로/로",
    "이라/라",
    "이에요/예요",
    "이었/였",
)
"""With the form after a final consonant first."""
FIRST, LAST, FINALS, RIEUL = 0xAC00, 0xD7A3, 28, 8
VOWEL, CONSONANT, R = "", "x", "ㄹ"
"""How a word can end; 으로 alone asks whether the consonant is ㄹ."""

_DIGITS = dict(zip("0123456789", (CONSONANT, R, VOWEL, CONSONANT, VOWEL, VOWEL, CONSONANT, R, R,
                                  VOWEL), strict=True))  # fmt: skip
_ZEROS = ((16, CONSONANT), (12, VOWEL), (1, CONSONANT))  # 경, 조, and 십 백 천 만 억
_LETTERS = {"l": R, "m": CONSONANT, "n": CONSONANT, "r": R}
_JAMO = {"ㄹ": R}
_SIGNS = {"%": VOWEL, "×": VOWEL, "°": VOWEL, "+": VOWEL, "=": CONSONANT, ":": CONSONANT,
          ";": CONSONANT, "-": CONSONANT, "–": CONSONANT, "−": VOWEL, "␣": CONSONANT,
          "#": CONSONANT, "@": CONSONANT, "$": VOWEL, "€": VOWEL, "₩": CONSONANT}  # fmt: skip
"""Names of signs that are read aloud; of the others (. , ! ?) each ends in 표 or another vowel."""
_READ = frozenset("%×°+=$€₩")
"""Signs that are read after a number or a word, too."""
# What the rules below get wrong among common words.
_WORDS = {
    **dict.fromkeys(("good", "type", "big", "bag", "foot", "put", "bug", "mug", "pig", "leg"),
                    CONSONANT),
    **dict.fromkeys(("check", "set", "hit", "soup", "the", "me", "he", "she", "we", "be", "net",
                     "mosaic"), VOWEL),
}  # fmt: skip
_ENGLISH = (
    (r"([^aeiou]|[aeiou])le$|l$", R),
    (r"[aeiouy](me|ne)$|gne$|[mn]$|ng$", CONSONANT),
    (r"ck$|ook$|ic$|[aeiou]b$", CONSONANT),
    (r"(^|[^aeiouy])[aeiouy]p$|(ee|oo|ou)p$", CONSONANT),
    (r"(^|[^aeiouy])[aeiouy]t$", CONSONANT),
    (r"ue[kpt]$", CONSONANT),
)


def particle(word: str, pair: str) -> str:
    """The form of a particle that follows a word.

    Args:
        word: any text; a number or a name of any script.
        pair: one of `PAIRS`.

    Raises:
        ValueError: for a pair that is none.
    """
    if pair not in PAIRS:
        raise ValueError(f"{pair!r} is no pair of particles; there are {', '.join(PAIRS)}")
    consonant, vowel = pair.split("/")
    end = ending(word)
    if pair == "으로/로" and end == R:
        return vowel
    return consonant if end else vowel


def ending(word: str) -> str:
    """How a word ends as it is read: `VOWEL`, `CONSONANT` or `R`."""
    text = unicodedata.normalize("NFC", word).strip()
    while text and text[-1] not in _READ and not text[-1].isalnum():
        if not any(character.isalnum() for character in text):
            return _SIGNS.get(text[-1], VOWEL)
        text = text[:-1]
    if not text:
        return VOWEL
    last = text[-1]
    if FIRST <= ord(last) <= LAST:
        final = (ord(last) - FIRST) % FINALS
        return R if final == RIEUL else CONSONANT if final else VOWEL
    if "ㄱ" <= last <= "ㅎ":  # named 기역, 니은, 리을 …
        return _JAMO.get(last, CONSONANT)
    if last in _DIGITS:
        return _number(text)
    if last in _READ:
        return _SIGNS[last]
    folded = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    found = re.search(r"[A-Za-z]+$", folded)
    return _latin(found[0]) if found else VOWEL


def _number(text: str) -> str:
    """A number's last sound: 10 is 십, 0.50 ends in 영, 08 is read digit by digit."""
    found = re.search(r"[0-9][0-9,\u202f\u00a0 ]*(\.[0-9]+)?$", text)
    assert found  # the text ends in a digit
    whole = re.sub(r"[^0-9.]", "", found[0])
    zeros = len(whole) - len(whole.rstrip("0"))
    if "." in whole or not zeros or whole[0] == "0" or text[: found.start()].endswith("."):
        return _DIGITS[whole[-1]]
    return next(end for least, end in _ZEROS if zeros >= least)


def _latin(word: str) -> str:
    small = word.lower()
    if small in _WORDS:
        return _WORDS[small]
    spelled = (
        len(word) == 1 or (word.isupper() and len(word) < 5) or not re.search("[aeiouy]", small)
    )
    if spelled:
        return _LETTERS.get(small[-1], VOWEL)
    return next((end for rule, end in _ENGLISH if re.search(rule, small)), VOWEL)

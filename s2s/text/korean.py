"""Korean as morphemes: stems, particles and endings, one token each.

저는 강사입니다 becomes 저 는 강사 이 ㅂ니다. The analyser is Kiwi (kiwipiepy), loaded when the
first Korean sentence is read. Why morphemes: docs/korean-units.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from s2s.errors import UserError
from s2s.text.language import later

if TYPE_CHECKING:
    from kiwipiepy import Kiwi

HANGUL = re.compile("[가-힣ㄱ-ㅣ]")
# A consonant that ends a syllable is a character of its own kind in Kiwi's answers; alone it is
# hard to see and not what a keyboard types. In the order of U+11A8 to U+11C2.
CODAS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_TYPED = {0x11A8 + i: letter for i, letter in enumerate(CODAS)}
_lock = Lock()


def typed(form: str) -> str:
    """A morpheme with the letters that a keyboard has: ㄹ for the one that ends a syllable."""
    return form.translate(_TYPED)


def split(text: str) -> list[str]:
    """Morphemes of a normalised text."""
    return list(_morphemes(text)) if HANGUL.search(text) else text.split()


# A corpus is read several times while a model is made, and a page reads its sentence at each rerun.
@lru_cache(maxsize=50_000)
def _morphemes(text: str) -> tuple[str, ...]:
    with _lock:
        return tuple(typed(token.form) for token in _kiwi().tokenize(text))


def join(morphemes: Sequence[tuple[str, str]]) -> str:
    """Text of (form, tag) morphemes: particles and endings take the form that their place asks."""
    with _lock:
        return _kiwi().join(morphemes)


@lru_cache(maxsize=1)
def _kiwi() -> Kiwi:
    try:
        from kiwipiepy import Kiwi
    except ImportError:
        raise UserError(
            later("Korean needs the package kiwipiepy; install requirements.txt again.")
        ) from None
    # Without its dictionaries of names it starts three times faster in half the memory.
    return Kiwi(num_workers=1, load_default_dict=False, load_typo_dict=False, load_multi_dict=False)

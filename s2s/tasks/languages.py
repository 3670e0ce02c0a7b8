"""Which language is a text in? Enough to see that two columns stand the wrong way round."""

from __future__ import annotations

import re

from s2s.text.language import N_

FRENCH, ENGLISH, KOREAN = N_("French"), N_("English"), N_("Korean")
COMMON = {
    FRENCH: (
        "je tu il elle on nous vous ils elles le la les l un une des du de d et est es suis sont "
        "sommes ai as a ont avez pas ne n que qu ce c se s en dans pour avec sur mon ma mes ton "
        "ta son sa au aux plus tout bien qui où y très"
    ),
    ENGLISH: (
        "i you he she it we they the a an of to and is are am was were m s re t ve ll do does did "
        "don not no my your his her in on at for with that this what who where have has had be "
        "can will me him them very so"
    ),
}
"""Words that nearly every text in a language has."""
_WORDS = {language: frozenset(words.split()) for language, words in COMMON.items()}
LEAST = 0.25
"""Share of common words from which a text is in a language."""
_HANGUL = re.compile("[가-힣ㄱ-ㅣ]")


def known(language: str) -> bool:
    """Whether anything is known about a language."""
    return language == KOREAN or language in _WORDS


def share(text: str, language: str) -> float:
    """Share of a text that looks like a language: of its letters for Korean, else of its words."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    if language == KOREAN:
        letters = "".join(words)
        return len(_HANGUL.findall(letters)) / max(1, len(letters))
    return sum(word in _WORDS[language] for word in words) / max(1, len(words))


def looks(text: str, language: str) -> bool:
    """Whether a text is surely in a language; one word is never enough for French."""
    if language == KOREAN:
        return share(text, KOREAN) > 0.5
    several = len(re.findall(r"[^\W\d_]+", text)) > 1
    return several and share(text, language) >= LEAST and not any(
        share(text, other) > share(text, language) for other in _WORDS
    )  # fmt: skip


def fits(source: str, target: str, languages: tuple[str, str]) -> float:
    """How far two texts look like the languages of source and target, 0 to 1."""
    return (share(source, languages[0]) + share(target, languages[1])) / 2

"""What happened to one sentence: repeats, lost words, an end that never came, and the like."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from s2s.decoding.system import System
from s2s.evaluation.evidence import Sentence
from s2s.results import Array
from s2s.text.language import N_

LEAST_LOOKED = 0.2
"""A word whose states got less attention over all steps was looked at by nothing that was written:
its own state, and the one after it, which holds it too."""
COMMONEST = 200
"""The most frequent source tokens need not be looked at: articles, pronouns, full stops."""
FLAT, PEAKED = 0.9, 0.05
"""Mean entropy of the rows as a share of ln S."""


def repeats(tokens: Sequence[str]) -> bool:
    """Whether one to four tokens stand three times in a row."""
    return bool(circled(tokens))


def circled(tokens: Sequence[str]) -> tuple[str, ...]:
    """The first one to four tokens that stand three times in a row; empty if none do."""
    for n in range(1, 5):
        for i in range(len(tokens) - 3 * n + 1):
            if list(tokens[i : i + n]) * 3 == list(tokens[i : i + 3 * n]):
                return tuple(tokens[i : i + n])
    return ()


def spread(one: Sentence) -> float:
    """Mean entropy of the attention rows as a share of ln S; NaN without attention or choice."""
    if one.attention is None or len(one.source) < 2:
        return float("nan")
    return entropy_share(one.attention)


def entropy_share(weights: Array) -> float:
    """Mean entropy of the rows [T, S] of a map as a share of ln S; NaN without a choice."""
    if weights.shape[1] < 2:
        return float("nan")
    logs = np.log(weights, out=np.zeros_like(weights), where=weights > 0)
    return float(-(weights * logs).sum(1).mean() / math.log(weights.shape[1]))


def lost_words(system: System, one: Sentence) -> list[int]:
    """Places in the source of rarer words that nothing written looked at."""
    if one.attention is None:
        return []
    return overlooked(system, one.source, one.first, one.length, one.attention)


def overlooked(
    system: System, source: Sequence[int], first: int, length: int, attention: Array
) -> list[int]:
    """Places in the source of rarer words that nothing written looked at.

    Args:
        system: the model.
        source: S ids, specials included.
        first: where the text begins among them.
        length: its tokens.
        attention: [T, S] of what was written.
    """
    covered, common = attention.sum(0), _common(system)
    after = -1 if system.config.reverse_source else 1  # the state that is read next
    return [
        place
        for place in range(first, first + length)
        if source[place] not in common
        and covered[place] + (covered[place + after] if 0 <= place + after < len(covered) else 0.0)
        < LEAST_LOOKED
    ]


def _common(system: System) -> frozenset[int]:
    """Ids of the most frequent source tokens: a vocabulary lists words as often as they come."""
    vocab = system.source_vocab
    first = range(min(len(vocab), COMMONEST + len(vocab.specials)))
    return frozenset([i for i in first if i not in vocab.specials][:COMMONEST])


def other_numbers(one: Sentence) -> bool:
    """Whether a number of the reference is missing from the output, or another one stands there."""
    if one.reference is None:
        return False
    numbers = [sorted(t for t in tokens if t.isdecimal()) for tokens in (one.reference, one.tokens)]
    return numbers[0] != numbers[1]


def lost_names(system: System, one: Sentence) -> list[str]:
    """Words, names as a rule, that source and reference share and the output lacks."""
    if one.reference is None:
        return []
    own = system.source_vocab.decode(one.source[one.first : one.first + one.length])
    wanted = {*own} & {*one.reference} - {*one.tokens}
    return [word for word in own if word in wanted and word.isalpha() and len(word) > 1]


def _longer(system: System, one: Sentence) -> bool:
    trained = system.sequence.trained_source_length
    return trained is not None and one.length > trained and system.sequence.stop == "eos"


# Name to whether it happened.
CHIPS: dict[str, Callable[[System, Sentence], bool]] = {
    N_("repeat"): lambda system, one: repeats(one.tokens),
    N_("lost word"): lambda system, one: reads_words(system) and bool(lost_words(system, one)),
    N_("unknown word"): lambda system, one: one.unknown > 0,
    N_("never ended"): lambda system, one: not one.ended,
    N_("flat attention"): lambda system, one: spread(one) > FLAT,
    N_("all on one word"): lambda system, one: spread(one) < PEAKED and len(one.source) > 3,
    N_("number or name"): lambda system, one: (
        reads_words(system) and (other_numbers(one) or bool(lost_names(system, one)))
    ),
    N_("longer than trained"): _longer,
}


def rarest(system: System, one: Sentence) -> int | None:
    """Place of its rarest word in the list, from 1; 0 if one is unknown, None of characters."""
    if not reads_words(system):
        return None
    if one.unknown:
        return 0
    vocab = system.source_vocab
    own = one.source[one.first : one.first + one.length]
    return 1 + max(i - sum(special < i for special in vocab.specials) for i in own)


def reads_words(system: System) -> bool:
    """Whether its source tokens are words, or parts of them, and no single characters."""
    return system.sequence.source_tokeniser != "characters"


def chips(system: System, one: Sentence) -> tuple[str, ...]:
    """Names of what happened to a sentence."""
    return tuple(name for name, happened in CHIPS.items() if happened(system, one))

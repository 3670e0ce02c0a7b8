"""Runs of tokens that one side writes and the other does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

LONGEST = 3
FEWEST = 2
"""Runs that stand in fewer answers are chance."""


class NGram(NamedTuple):
    """A run of 1 to 3 tokens.

    Attributes:
        tokens: the run.
        ours: answers of the one side that hold it.
        theirs: of the other.
    """

    tokens: tuple[str, ...]
    ours: int
    theirs: int


def differing(
    ours: Sequence[Sequence[str]], theirs: Sequence[Sequence[str]], most: int = 20
) -> tuple[list[NGram], list[NGram]]:
    """What the one side writes more often, and what the other; the largest difference first.

    A run inside a longer one that is as frequent on both sides is left out: it says nothing more.

    Args:
        ours: answers as tokens.
        theirs: answers to the same sentences.
        most: runs on each side.
    """
    counts = _answers_with(ours), _answers_with(theirs)
    both = [
        NGram(run, counts[0][run], counts[1][run]) for run in counts[0].keys() | counts[1].keys()
    ]
    found = []
    for sign in (1, -1):
        more = sorted(
            (one for one in both if sign * (one.ours - one.theirs) >= FEWEST),
            key=lambda one: (-sign * (one.ours - one.theirs), -len(one.tokens), one.tokens),
        )
        kept: list[NGram] = []
        for one in more:
            if not any(
                one[1:] == other[1:] and _inside(one.tokens, other.tokens) for other in kept
            ):
                kept.append(one)
            if len(kept) == most:
                break
        found.append(kept)
    return found[0], found[1]


def _answers_with(answers: Sequence[Sequence[str]]) -> Counter[tuple[str, ...]]:
    return Counter(
        run
        for tokens in answers
        for run in {
            tuple(tokens[i : i + n])
            for n in range(1, LONGEST + 1)
            for i in range(len(tokens) - n + 1)
        }
    )


def _inside(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    last = len(long) - len(short)
    return any(long[i : i + len(short)] == short for i in range(last + 1))

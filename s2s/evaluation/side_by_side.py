"""Outputs of one sentence side by side: which tokens correspond, and how unlike they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from sacrebleu.metrics import CHRF

GAP = 1 + 2**-10
"""What leaving out a token costs, where replacing one costs 1: as much, but for ties."""


def align(outputs: Sequence[Sequence[str]]) -> tuple[tuple[int | None, ...], ...]:
    """Columns that put the same tokens of several outputs under each other.

    Each output is matched to the first one by the fewest edits (Levenshtein 1966), and of equally
    few by those that need the fewest columns: a token that was replaced stands under the one it
    replaces, one that was added or left out stands alone.

    Args:
        outputs: M of T_m tokens.

    Returns:
        C columns of M steps, None for a gap. A column never holds a token of the first output
        beside one that belongs to another of its tokens.
    """
    first = outputs[0]
    # Per other output: the step beside each token of the first, and the steps before token i.
    beside: list[dict[int, int]] = []
    before: list[dict[int, list[int]]] = []
    for other in outputs[1:]:
        paired: dict[int, int] = {}
        extra: dict[int, list[int]] = {}
        token = 0  # of the first output, the next to be matched
        for here, there in _matched(first, other):
            if here is not None:
                token = here + 1
                if there is not None:
                    paired[here] = there
            elif there is not None:
                extra.setdefault(token, []).append(there)
        beside.append(paired)
        before.append(extra)
    columns: list[tuple[int | None, ...]] = []
    for i in range(len(first) + 1):
        waiting = [extra.get(i, []) for extra in before]
        for k in range(max(map(len, waiting), default=0)):
            columns.append((None, *(row[k] if k < len(row) else None for row in waiting)))
        if i < len(first):
            columns.append((i, *(paired.get(i) for paired in beside)))
    return tuple(columns)


def _matched(first: Sequence[str], other: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """(place in the first, place in the other) from left to right; None for a gap."""
    height, width = len(first), len(other)
    # cost[i][j]: of first[i:] and other[j:]; powers of two, so sums are exact
    cost = [[GAP * (height - i + width - j) for j in range(width + 1)] for i in range(height + 1)]
    for i in reversed(range(height)):
        for j in reversed(range(width)):
            cost[i][j] = min(
                cost[i + 1][j + 1] + (first[i] != other[j]),
                GAP + cost[i + 1][j],
                GAP + cost[i][j + 1],
            )
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < height or j < width:
        both = i < height and j < width
        if both and cost[i][j] == cost[i + 1][j + 1] + (first[i] != other[j]):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i < height and cost[i][j] == GAP + cost[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs


def disagreement(texts: Sequence[str]) -> float:
    """How unlike texts are: 0 for the same, 1 where no letter is shared.

    Mean over all pairs of 1 - chrF / 100, with β = 1 so that it does not matter which of the two
    is taken for the reference (Popović 2015).
    """
    metric = CHRF(beta=1)
    pairs = list(combinations(texts, 2))
    unlike = (1 - metric.sentence_score(a, [b]).score / 100 if a != b else 0.0 for a, b in pairs)
    return sum(unlike) / len(pairs)

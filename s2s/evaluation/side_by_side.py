"""Outputs of one sentence side by side: which tokens correspond, and how unlike they are."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import combinations

from sacrebleu.metrics import CHRF


def align(outputs: Sequence[Sequence[str]]) -> tuple[tuple[int | None, ...], ...]:
    """Columns that put the same tokens of several outputs under each other.

    Each output is matched to the first one by the longest matching runs (`difflib`); where they
    differ, tokens are paired one by one from the left, and what is left over stands alone.

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
        matcher = SequenceMatcher(None, list(first), list(other), autojunk=False)
        for _, a, a_end, b, b_end in matcher.get_opcodes():
            both = min(a_end - a, b_end - b)
            paired.update(zip(range(a, a + both), range(b, b + both), strict=True))
            extra.setdefault(a + both, []).extend(range(b + both, b_end))
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


def disagreement(texts: Sequence[str]) -> float:
    """How unlike texts are: 0 for the same, 1 where no letter is shared.

    Mean over all pairs of 1 - chrF / 100, with β = 1 so that it does not matter which of the two
    is taken for the reference (Popović 2015).
    """
    metric = CHRF(beta=1)
    pairs = list(combinations(texts, 2))
    unlike = (1 - metric.sentence_score(a, [b]).score / 100 if a != b else 0.0 for a, b in pairs)
    return sum(unlike) / len(pairs)

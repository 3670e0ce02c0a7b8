"""Bootstrap intervals and paired tests: sacrebleu's own, in little memory; McNemar's test.

sacrebleu holds all resamples of all sentences at once (gigabytes at 20,000 sentences). Here the
same random numbers are drawn block by block and only sums are kept. Means and intervals are those
of `sacrebleu.metrics.BLEU.corpus_score(..., n_bootstrap=1000)` with its own seed; so is p, where
more than `FEW` sentences differ, of `sacrebleu.significance.PairedTest(..., test_type="ar")`, but
for draws that tie, which count here.

Dimensions: N sentences, K sufficient statistics (counts) per sentence.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from s2s.results.comparison import Estimate

RESAMPLES = 1000
TRIALS = 10_000
FEW = 12
"""Sentences that differ, up to which all their swaps are counted instead of some drawn."""
SAME = 1e-9
"""Scores this near, for their size, are equal: sums in another order differ in the last bits."""
SEED = 12345
"""sacrebleu's."""
CELLS = 1_000_000
"""Most random numbers at once: 8 MB."""

Stats = NDArray[np.integer]
Score = Callable[[list[float]], float]
"""K summed counts to a score."""


def bootstrap_sums(stats: Stats, resamples: int = RESAMPLES) -> NDArray[np.float64]:
    """[resamples, K] sums over N sentences drawn with replacement.

    Args:
        stats: [N, K].
        resamples: how many.
    """
    size = len(stats)
    draw, counts = np.random.default_rng(SEED), stats.astype(float)
    sums = []
    for rows in _blocks(resamples, size):
        drawn = draw.choice(size, size=(rows, size), replace=True)
        often = np.stack([np.bincount(row, minlength=size) for row in drawn])
        sums.append(often @ counts)
    return np.concatenate(sums)


def estimate(stats: Stats, sums: NDArray[np.float64], score: Score) -> Estimate:
    """A score with its 95 % interval.

    Args:
        stats: [N, K] of all sentences.
        sums: [resamples, K] of `bootstrap_sums`.
        score: sums to score.
    """
    drawn = np.sort([score(row) for row in sums.tolist()])
    tail = len(drawn) // 40  # 1/40 from either side, as sacrebleu cuts
    return Estimate(
        score(stats.sum(0).astype(float).tolist()),
        float(drawn.mean()),
        float(drawn[tail]),
        float(drawn[len(drawn) - tail - 1]),
    )


def randomized_sums(
    first: Stats, other: Stats, trials: int = TRIALS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sums of two pseudo systems that swap each sentence's outputs by the toss of a coin.

    Args:
        first: [N, K] of one model.
        other: [N, K] of another.
        trials: how many.

    Returns:
        [trials, K] and [trials, K]; in each row they add up to the sums of both models.
    """
    size = len(first)
    draw, gap = np.random.default_rng(SEED), (first - other).astype(float)
    mixed = []
    for rows in _blocks(trials, size):
        kept = draw.integers(2, size=(rows, size), dtype=bool)
        mixed.append(kept @ gap)
    one = np.concatenate(mixed) + other.sum(0)
    return one, first.sum(0) + other.sum(0) - one


def enumerated_sums(first: Stats, other: Stats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """As `randomized_sums`, for each of the 2^d ways to swap the d sentences that differ.

    Args:
        first: [N, K] of one model.
        other: [N, K] of another.

    Returns:
        [2^d, K] and [2^d, K].
    """
    gap = (first - other).astype(float)
    gap = gap[gap.any(axis=1)]  # [d, K]
    kept = np.arange(2 ** len(gap))[:, None] >> np.arange(len(gap)) & 1
    one = kept @ gap + other.sum(0)
    return one, first.sum(0) + other.sum(0) - one


def paired_p(
    first: Stats, other: Stats, sums: tuple[NDArray[np.float64], NDArray[np.float64]], score: Score
) -> float:
    """Two-sided p of a paired randomization test: how often swaps do at least what was seen.

    Exact where at most `FEW` sentences differ: then all swaps are counted. A swap that gives the
    very same difference counts, as in Noreen 1989; sacrebleu counts larger ones only, which is the
    same number unless few sentences differ.

    Args:
        first: [N, K] of one model.
        other: [N, K] of another.
        sums: of `randomized_sums`.
        score: sums to score.
    """
    exact = int((first != other).any(axis=1).sum()) <= FEW
    one, two = enumerated_sums(first, other) if exact else sums
    mine, its = (score(stats.sum(0).astype(float).tolist()) for stats in (first, other))
    least = abs(mine - its) - SAME * max(1.0, abs(mine), abs(its))
    hits = sum(
        abs(score(a) - score(b)) >= least for a, b in zip(one.tolist(), two.tolist(), strict=True)
    )
    return hits / len(one) if exact else (hits + 1) / (len(one) + 1)


def mcnemar_p(first: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Two-sided exact p that two models are right equally often (McNemar 1947, binomial form).

    Args:
        first: [N] where one model is right.
        other: [N] where another is.
    """
    only_first, only_other = int((first & ~other).sum()), int((other & ~first).sum())
    size, few = only_first + only_other, min(only_first, only_other)
    term = ways = 1
    for k in range(few):
        term = term * (size - k) // (k + 1)
        ways += term
    return min(1.0, 2 * ways / 2**size)


def _blocks(rows: int, size: int) -> list[int]:
    """Numbers of rows that add up, in whole 32s: a generator draws coins 32 at a time."""
    most = max(32, CELLS // size // 32 * 32)
    return [min(most, rows - start) for start in range(0, rows, most)]

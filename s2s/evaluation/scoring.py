"""Scores of several models on the same sentences: overall, by length, with paired tests.

Each score is a sum of counts over sentences and a function of those sums, sacrebleu's for BLEU
(Papineni et al. 2002) and chrF (Popović 2015), so that resampling need not count anything anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics import BLEU, CHRF

from s2s.evaluation.resampling import (
    RESAMPLES,
    SEED,
    TRIALS,
    Score,
    bootstrap_sums,
    estimate,
    mcnemar_p,
    paired_p,
    randomized_sums,
)
from s2s.results.comparison import LengthGroup, PairedScore, Scores

Tokens = Sequence[str]
BLOCK = 500
MOST_GROUPS = 10
Progress = Callable[[float], None]


class Measure(NamedTuple):
    """One score.

    Attributes:
        name: as in `s2s.results.comparison.SCORES`.
        stats: [M, N, K] counts.
        score: K summed counts to a score.
    """

    name: str
    stats: NDArray[np.integer[Any]]
    score: Score


class Scored(NamedTuple):
    """What `score_all` finds; exact and chrf are [M, N]."""

    overall: tuple[Scores, ...]
    by_length: tuple[LengthGroup, ...]
    tests: tuple[PairedScore, ...]
    exact: NDArray[np.bool_]
    chrf: NDArray[np.floating[Any]]
    signatures: dict[str, str]


def bleu(references: Sequence[str] | None = None) -> BLEU:
    """Sacrebleu's BLEU over texts that are already tokens between blanks."""
    # force=True: the texts look tokenised because they are; that is no mistake here.
    given = None if references is None else [list(references)]
    return BLEU(tokenize="none", force=True, references=given)


def chrf(references: Sequence[str] | None = None) -> CHRF:
    """Sacrebleu's chrF."""
    return CHRF(references=None if references is None else [list(references)])


def score_all(
    tokens: Sequence[tuple[Sequence[Tokens], Sequence[Tokens]]],
    outputs: Sequence[Sequence[str]],
    references: Sequence[Sequence[str]],
    lengths: NDArray[np.integer[Any]],
    breaks: Collection[int] = (),
    progress: Progress = lambda share: None,
) -> Scored:
    """Scores of M models on N sentences.

    Args:
        tokens: M of (N outputs, N references), each a list of tokens.
        outputs: [M][N] texts.
        references: [M][N] texts.
        lengths: [N] source lengths.
        breaks: lengths after which a new group begins, such as the longest seen in training.
        progress: called with the share done; what it raises ends the work.
    """
    count, size = len(tokens), len(lengths)
    spaced = [[[" ".join(t) for t in side] for side in pair] for pair in tokens]
    counted: dict[str, list[list[Any]]] = {n: [[] for _ in tokens] for n in ("bleu", "chrf")}
    for start in range(0, size, BLOCK):
        part = slice(start, start + BLOCK)
        for m in range(count):
            progress(0.4 * (start + m * min(BLOCK, size - start) / count) / size)
            written, right = spaced[m]
            for name, metric, texts in (
                ("bleu", bleu(right[part]), written[part]),
                ("chrf", chrf(references[m][part]), outputs[m][part]),
            ):
                counted[name][m] += metric._extract_corpus_statistics(texts, None)
    exact = np.array(
        [[list(o) == list(r) for o, r in zip(*pair, strict=True)] for pair in tokens], dtype=bool
    )
    measures = [
        Measure(
            "exact_match",
            np.stack([exact, np.ones_like(exact)], axis=-1).astype(np.int64),
            lambda sums: sums[0] / sums[1],
        ),
        Measure("bleu", np.array(counted["bleu"]), _score_of(bleu())),
        Measure("chrf", np.array(counted["chrf"]), _score_of(chrf())),
    ]
    rights = zip(*(right for _, right in tokens), strict=True)
    long_enough = np.array([all(len(r) >= 4 for r in each) for each in rights], dtype=bool)  # [N]
    groups = length_groups(lengths, breaks)
    by_length = []
    for number, (shortest, longest) in enumerate(groups):
        progress(0.4 + 0.3 * number / len(groups))
        places = np.flatnonzero((lengths >= shortest) & (lengths <= longest))
        scores = _scores(measures, places, bool(long_enough[places].any()))
        by_length.append(LengthGroup(shortest, longest, len(places), scores))
    progress(0.7)
    everything = bool(long_enough.any())
    overall = _scores(measures, np.arange(size), everything)
    tests = []
    for m in range(1, count):
        progress(0.75 + 0.25 * (m - 1) / (count - 1))
        tests += _tests(measures, m, everything)
    progress(1.0)
    sentence = measures[2]
    each = [[sentence.score(row) for row in rows] for rows in sentence.stats.astype(float).tolist()]
    return Scored(overall, tuple(by_length), tuple(tests), exact, np.array(each), signatures())


def length_groups(
    lengths: NDArray[np.integer[Any]], breaks: Collection[int] = ()
) -> list[tuple[int, int]]:
    """(shortest, longest) of groups that hold every length there is.

    One length each where there are few; else neighbours together, about as many sentences in
    each group.

    Args:
        lengths: [N].
        breaks: lengths after which a group always ends.
    """
    values, counts = np.unique(lengths, return_counts=True)
    few = len(values) <= MOST_GROUPS
    groups: list[tuple[int, int]] = []
    held, start = 0, int(values[0])
    for i, (value, number) in enumerate(zip(values.tolist(), counts.tolist(), strict=True)):
        held += number
        last = i == len(values) - 1
        # A break may fall between two lengths that occur.
        ends = last or any(value <= edge < values[i + 1] for edge in breaks)
        if few or ends or held * MOST_GROUPS >= len(lengths):
            groups.append((start, value))
            held = 0
            start = 0 if last else int(values[i + 1])
    return groups


def signatures() -> dict[str, str]:
    """Score to sacrebleu's signature, with the resamples and their seed."""
    signed = {}
    for name, metric in (("bleu", bleu(["-"])), ("chrf", chrf(["-"]))):
        metric.n_bootstrap, metric.seed = RESAMPLES, str(SEED)
        signature = metric.get_signature()
        signature.update("ar", TRIALS)
        signed[name] = signature.format()
    return signed


def _score_of(metric: BLEU | CHRF) -> Score:
    # sacrebleu asks for whole numbers; these are sums of such, held as floats.
    return lambda sums: metric._compute_score_from_stats(sums).score  # type: ignore[arg-type]


def _scores(
    measures: Sequence[Measure], places: NDArray[np.integer[Any]], with_bleu: bool
) -> tuple[Scores, ...]:
    """One `Scores` per model on the sentences at some places."""
    parts = [measure.stats[:, places] for measure in measures]
    count = parts[0].shape[0]
    # One table of all counts, so that all models and scores see the same resamples.
    sums = bootstrap_sums(np.concatenate([row for part in parts for row in part], axis=1))
    by_model: list[dict[str, Any]] = [{} for _ in range(count)]
    at = 0
    for measure, part in zip(measures, parts, strict=True):
        width = part.shape[-1]
        for m in range(count):
            block = sums[:, at : at + width]
            at += width
            wanted = measure.name != "bleu" or with_bleu
            by_model[m][measure.name] = estimate(part[m], block, measure.score) if wanted else None
    return tuple(Scores(**scores) for scores in by_model)


def _tests(measures: Sequence[Measure], model: int, with_bleu: bool) -> list[PairedScore]:
    """A model against the first one, by every score."""
    first, other = (np.concatenate([m.stats[i] for m in measures], axis=1) for i in (0, model))
    one, two = randomized_sums(first, other)
    tests, at = [], 0
    for measure in measures:
        own = slice(at, at + measure.stats.shape[-1])
        at = own.stop
        if measure.name == "bleu" and not with_bleu:
            continue
        mine, its = first[:, own], other[:, own]
        values = [measure.score(s.sum(0).astype(float).tolist()) for s in (mine, its)]
        if measure.name == "exact_match":
            p = mcnemar_p(mine[:, 0] == 1, its[:, 0] == 1)
        else:
            p = paired_p(mine, its, (one[:, own], two[:, own]), measure.score)
        differing = int((mine != its).any(axis=1).sum())
        tests.append(PairedScore(model, measure.name, values[1] - values[0], p, differing))
    return tests

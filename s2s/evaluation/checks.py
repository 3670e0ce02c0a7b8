"""CHECKS: what can be wrong with a model, each with its healthy range and how it is measured.

The ranges come from the models that ship and work, and from faults that were planted in them;
`docs/diagnose.py` writes what each of them costs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import fmean

import numpy as np
from scipy.optimize import linear_sum_assignment

from s2s.errors import UserError
from s2s.evaluation.alignment import align, refusal
from s2s.evaluation.chips import lost_words, repeats, spread
from s2s.evaluation.evidence import Evidence, Sentence
from s2s.results.alignment import GoldPair
from s2s.results.diagnosis import Check, Measured, Range
from s2s.tasks.gold import GOLD
from s2s.text.language import later

FEWEST = 20
"""Sentences without which nothing is said about how often something happens."""
NO_ATTENTION = Measured(None, why=later("It has no attention."))
NO_REFERENCES = Measured(None, why=later("It needs right answers beside the sentences."))
TOO_FEW = Measured(None, why=later("It needs at least 20 sentences."))  # FEWEST


def _where(evidence: Evidence, test: Callable[[Sentence], bool]) -> tuple[int, ...]:
    return tuple(n for n, one in enumerate(evidence.sentences) if test(one))


def _share(evidence: Evidence, places: Sequence[int]) -> float:
    return len(places) / len(evidence.sentences)


def same_answer(evidence: Evidence) -> Measured:
    """How far the next token's distribution moves when another sentence is read instead."""
    outputs = [one.tokens for one in evidence.sentences]
    moved = [one.moved for one in evidence.changes if math.isfinite(one.moved)]
    if len(set(one.source for one in evidence.sentences)) < FEWEST or not moved:
        return TOO_FEW
    common, _ = Counter(outputs).most_common(1)[0]
    return Measured(
        fmean(moved),
        _where(evidence, lambda one: one.tokens == common),
        alone=len(set(outputs)) < 0.5 * len(outputs),
    )


def one_token(evidence: Evidence) -> Measured:
    """The share of the commonest token among all that were written, an end not counted."""
    counts = Counter(token for one in evidence.sentences for token in one.tokens)
    if not counts:
        return Measured(None, why=later("It writes nothing."))
    token, count = counts.most_common(1)[0]
    return Measured(count / counts.total(), _where(evidence, lambda one: {*one.tokens} == {token}))


def repeated(evidence: Evidence) -> Measured:
    """The share of outputs with 1 to 4 tokens three times in a row, less that of the references.

    An output is looked at as far as its right answer is long, and two tokens more: what a model
    does when it should have ended is another matter.
    """

    def turns(one: Sentence) -> bool:
        last = None if one.reference is None else len(one.reference) + 2
        return repeats(one.tokens[:last])

    places = _where(evidence, turns)
    right = _where(evidence, lambda one: one.reference is not None and repeats(one.reference))
    return Measured(_share(evidence, places) - _share(evidence, right), places)


def never_ends(evidence: Evidence) -> Measured:
    """The share of outputs that the limit cut off."""
    if evidence.system.sequence.stop != "eos":
        return Measured(None, why=later("Its outputs have a fixed length."))
    places = _where(evidence, lambda one: not one.ended)
    return Measured(_share(evidence, places), places)


def _rows_apart(one: Sentence) -> float:
    """Mean total variation between neighbouring attention rows; NaN of one row."""
    assert one.attention is not None  # asked by the caller
    if len(one.attention) < 2:
        return float("nan")
    return float(np.abs(np.diff(one.attention, axis=0)).sum(1).mean() / 2)


def _apart(evidence: Evidence) -> float:
    return float(np.nanmean([_rows_apart(one) for one in evidence.sentences]))


def flat_attention(evidence: Evidence) -> Measured:
    """Mean entropy of the attention rows as a share of ln S."""
    if not evidence.system.config.has_attention:
        return NO_ATTENTION
    values = [spread(one) for one in evidence.sentences]
    return Measured(
        float(np.nanmean(values)),
        _where(evidence, lambda one: spread(one) > 0.9),
        alone=not _apart(evidence) >= 0.05,
    )


def stuck_column(evidence: Evidence) -> Measured:
    """The largest mean weight of one source place over the steps, averaged over the sentences."""
    if not evidence.system.config.has_attention:
        return NO_ATTENTION
    tops = [float(one.attention.mean(0).max()) for one in evidence.sentences]  # type: ignore[union-attr]
    places = tuple(n for n, top in enumerate(tops) if top > 0.8)
    return Measured(fmean(tops), places, alone=not _apart(evidence) >= 0.15)


def blind_attention(evidence: Evidence) -> Measured:
    """How far the weights fail to follow when the encoder states change places."""
    if evidence.permuted is None:
        return NO_ATTENTION
    return Measured(evidence.permuted)


def not_normalised(evidence: Evidence) -> Measured:
    """How far a row of weights is from summing to 1."""
    if evidence.unsummed is None:
        return NO_ATTENTION
    return Measured(evidence.unsummed)


def padding_attended(evidence: Evidence) -> Measured:
    """Change of a probability in a padded batch, or a twentieth of the mean weight on empty slots.

    The larger of both: their bounds are 0.001 and 0.02.
    """
    slots = [float(one.empty.mean()) for one in evidence.sentences if one.empty is not None]
    share = fmean(slots) if slots else 0.0
    return Measured(max(evidence.padded, share / 20))


def exposure_bias(evidence: Evidence) -> Measured:
    """Accuracy of tokens with the right ones fed, less that with its own."""
    forced = [hit for one in evidence.held for hit in one.right(one.likeliest)]
    free = [hit for one in evidence.sentences for hit in one.free]
    if not forced:
        return NO_REFERENCES
    return Measured(
        fmean(forced) - fmean(free),
        _where(evidence, lambda one: _forced(one) > sum(one.free) + 1),
    )


def _forced(one: Sentence) -> int:
    """Tokens of the right answer that it writes with the right ones fed."""
    return 0 if one.held is None else sum(one.held.right(one.held.likeliest))


def _loss(evidence: Evidence) -> float | None:
    losses = [one.loss for one in evidence.held]
    return fmean(losses) if losses else None


def vocabulary_order(evidence: Evidence) -> Measured:
    """Loss on the references as a share of ln V, for a model that is sure of what it writes."""
    loss, words = _loss(evidence), len(evidence.system.target_vocab)
    if loss is None:
        return NO_REFERENCES
    sure = evidence.top > 0.5
    own, best = renamed(evidence)
    mend = (
        later(
            "Under the best renaming of its words {share:.0f} % of the tokens are right.",
            share=100 * best,
        )
        if (best > own + 0.3)
        else ""
    )
    return Measured(loss / math.log(words), alone=sure, why=mend)


def renamed(evidence: Evidence) -> tuple[float, float]:
    """Token accuracy as it is, and under the best renaming of the ids (Kuhn 1955; scipy).

    A renaming that explains far more than the model does as it stands says that the output
    vocabulary is in another order than the model's.
    """
    pairs = Counter(
        pair for one in evidence.held for pair in zip(one.likeliest, one.wanted, strict=True)
    )
    if not pairs:
        return float("nan"), float("nan")
    rows, columns = (sorted({pair[side] for pair in pairs}) for side in (0, 1))
    table = np.zeros((len(rows), len(columns)))
    for (own, right), count in pairs.items():
        table[rows.index(own), columns.index(right)] = count
    best = linear_sum_assignment(table, maximize=True)
    hits = sum(count for (own, right), count in pairs.items() if own == right)
    return hits / pairs.total(), float(table[best].sum()) / pairs.total()


def untrained(evidence: Evidence) -> Measured:
    """How far the likeliest token's probability lies above chance, in powers of e."""
    words = len(evidence.system.target_vocab)
    top = evidence.top
    loss = _loss(evidence)
    near = loss is None or abs(loss - math.log(words)) < 0.1 * max(1.0, math.log(words) / 4)
    return Measured(math.log(top * words), alone=near)


def shifted_map(evidence: Evidence) -> Measured:
    """How much better the weights fit the gold links one row off than as they are, in AER."""
    system = evidence.system
    if not system.config.has_attention:
        return NO_ATTENTION
    make = GOLD.get(system.task)
    pairs: list[GoldPair] = []
    for one in evidence.sentences if make else ():
        text = "".join(system.source_vocab.decode(one.source[one.first : one.first + one.length]))
        try:
            pair = make("".join(text).strip(), "".join(one.reference or ()))  # type: ignore[misc]
        except UserError:
            continue
        if refusal(system, pair) is None:
            pairs.append(pair)
    if not pairs:
        return Measured(None, why=later("It needs sentences whose links are known."))
    found = align(system, pairs, linked_only=True)
    own = found.at(0).aer
    others = [score.aer for score in found.shifts if score.shift and score.aer is not None]
    if own is None or not others:
        return Measured(None, why=later("It needs longer sentences."))
    return Measured(own - min(others))


def lost(evidence: Evidence) -> Measured:
    """The share of sentences with a rarer word that nothing written looked at."""
    system = evidence.system
    if not system.config.has_attention:
        return NO_ATTENTION
    if system.sequence.source_tokeniser == "characters":
        return Measured(None, why=later("Its tokens are characters, not words."))
    places = _where(evidence, lambda one: bool(lost_words(system, one)))
    return Measured(_share(evidence, places), places)


def unknown_words(evidence: Evidence) -> Measured:
    """The share of source tokens that the model does not know."""
    total = sum(one.length for one in evidence.sentences)
    places = _where(evidence, lambda one: one.unknown > 0)
    return Measured(sum(one.unknown for one in evidence.sentences) / total, places)


def out_of_depth(evidence: Evidence) -> Measured:
    """The share of sentences longer than any that the model was trained on."""
    trained = evidence.system.sequence.trained_source_length
    if trained is None:
        return Measured(None, why=later("It does not say how long its training sentences were."))
    places = _where(evidence, lambda one: one.length > trained)
    return Measured(_share(evidence, places), places)


CHECKS: dict[str, tuple[Range, Callable[[Evidence], Measured]]] = {
    "untrained": ((1.0, None), untrained),
    "not_normalised": ((None, 1e-3), not_normalised),
    "blind_attention": ((None, 1e-4), blind_attention),
    "padding_attended": ((None, 1e-3), padding_attended),
    "one_token": ((None, 0.8), one_token),
    "vocabulary_order": ((None, 1.5), vocabulary_order),
    "same_answer": ((0.05, None), same_answer),
    "repeats": ((None, 0.1), repeated),
    "never_ends": ((None, 0.2), never_ends),
    "flat_attention": ((None, 0.9), flat_attention),
    "stuck_column": ((None, 0.8), stuck_column),
    "shifted_map": ((None, 0.05), shifted_map),
    "unknown_words": ((None, 0.2), unknown_words),
    "out_of_depth": ((None, 0.3), out_of_depth),
    "lost_words": ((None, 0.5), lost),
    "exposure_bias": ((None, 0.28), exposure_bias),
}
"""Name to (healthy range, measure), the causes before what follows from them."""


def judge(evidence: Evidence) -> tuple[Check, ...]:
    """Every check of one model."""
    return tuple(
        Check.of(name, healthy, measure(evidence)) for name, (healthy, measure) in CHECKS.items()
    )

"""Linear probes: softmax regression on states, with an honest split and a control task.

Hewitt and Liang 2019 (Designing and Interpreting Probes with Control Tasks): what a probe reaches
counts only beside what it reaches on labels that mean nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from s2s.errors import UserError
from s2s.probes.neighbours import check_side
from s2s.results import Array
from s2s.results.readout import EVERYWHERE, Readout
from s2s.results.state_corpus import StateCorpus
from s2s.text.language import Later, later

HELD_OUT = 0.3
"""Share of the sentences that a probe is tried on."""
LEAST, SPLITS, MOST_PLACES = 60, 3, 20
"""Sentences that a place must have, splits that are tried, places."""
ITERATIONS = 60
"""Of L-BFGS in a probe that is tried: more tells held-out sentences no better."""
MOST_TRAINED, MOST_VALUES = 20_000, 60
"""States that one probe learns from and is tried on; values: the commonest of more."""
STRENGTH = 1.0
"""Of the penalty on the squared weights; the states are standardised first."""
Numbers = NDArray[np.integer[Any]]


class Probe(NamedTuple):
    """A fitted probe: ``argmax(states @ weights + bias)``.

    Attributes:
        weights: [M, C].
        bias: [C].
    """

    weights: Array
    bias: Array

    def told(self, states: Array) -> Numbers:
        """[N] what it takes each of [N, M] states for."""
        return (states @ self.weights + self.bias).argmax(axis=1)


def fitted(
    states: Array, labels: Numbers, values: int, strength: float = STRENGTH, most: int = 300
) -> Probe:
    """The least of the summed cross entropy plus strength / 2 times the squared weights (L-BFGS).

    Args:
        states: [N, M].
        labels: [N] 0 to C - 1.
        values: C.
        strength: of the penalty, which leaves the bias alone.
        most: iterations.
    """
    count, units = states.shape
    hot = np.zeros((count, values))
    hot[np.arange(count), labels] = 1.0

    from scipy.optimize import minimize  # loaded in half a second, and used here alone
    from scipy.special import logsumexp

    def cost(flat: Array) -> tuple[float, Array]:
        weights, bias = flat[:-values].reshape(units, values), flat[-values:]
        logits = states @ weights + bias
        norm = logsumexp(logits, axis=1, keepdims=True)
        off = np.exp(logits - norm) - hot
        loss = float((norm[:, 0] - logits[np.arange(count), labels]).sum())
        slope = states.T @ off + strength * weights
        return loss + strength / 2 * float((weights**2).sum()), np.append(slope, off.sum(axis=0))

    start = np.zeros((units + 1) * values)
    found = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": most})
    return Probe(found.x[:-values].reshape(units, values), found.x[-values:])


class Scores(NamedTuple):
    """Of one split."""

    accuracy: float
    control: float
    majority: float


def scores(
    states: Array, labels: Numbers, sentence: Numbers, values: int, seed: int
) -> Scores:  # fmt: skip
    """A probe and its control, trained and tried on different sentences.

    Args:
        states: [N, M].
        labels: [N] 0 to C - 1.
        sentence: [N] which sentence each state is of.
        values: C.
        seed: of the split and of the shuffling.
    """
    draw = np.random.default_rng(seed)
    every = draw.permutation(np.unique(sentence))
    apart = np.isin(sentence, every[: max(1, round(HELD_OUT * len(every)))])
    mean, spread = states[~apart].mean(axis=0), states[~apart].std(axis=0)
    ready = (states - mean) / np.where(spread > 0, spread, 1)
    right = []
    for own in (labels, draw.permutation(labels)):
        probe = fitted(ready[~apart], own[~apart], values, most=ITERATIONS)
        right.append(float((probe.told(ready[apart]) == own[apart]).mean()))
    commonest = np.bincount(labels[~apart], minlength=values).argmax()
    return Scores(right[0], right[1], float((labels[apart] == commonest).mean()))


def readout(
    corpus: StateCorpus,
    side: str,
    attribute: str,
    places: Sequence[int] | None = None,
    splits: int = SPLITS,
    progress: Callable[[float, Later], None] = lambda share, what: None,
) -> Readout:
    """How well a linear probe tells an attribute from the states of a side.

    Args:
        corpus: whose states.
        side: ``encoder`` or ``decoder``.
        attribute: one of the corpus's.
        places: 0-based tokens, counted from the end if negative, a probe for each; (EVERYWHERE,)
            alone for one probe of all; None for every place that enough sentences have.
        splits: R, each with a seed of its own.
        progress: takes the share that is done, and what comes next.

    Raises:
        UserError: for an attribute that is not known, or that too few sentences have.
    """
    check_side(side)
    if attribute not in corpus.attributes():
        raise UserError(
            later("{name!r} is not known here; known are {known}.", name=attribute,
                  known=corpus.attributes())
        )  # fmt: skip
    part, known = corpus.side(side), np.array(corpus.values(side, attribute), dtype=object)
    together = places is not None and tuple(places) == (EVERYWHERE,)
    if together:
        chosen = [(EVERYWHERE, known != "")]
    else:
        asked = range(MOST_PLACES) if places is None else places
        lengths = np.array([len(row) for row in corpus.tokens(side)])
        chosen = [
            (place, (known != "") & (part.place == (
                place if place >= 0 else lengths[part.sentence] + place
            )))
            for place in asked
        ]  # fmt: skip
    found: list[tuple[int, list[Scores], int, int]] = []
    for number, (place, mask) in enumerate(chosen):
        progress(number / len(chosen), later("probes for {what}", what=later(attribute)))
        states, labels, sentence, values = _taken(part.states, known, part.sentence, mask)
        if values < 2 or len(np.unique(sentence)) < LEAST:
            continue
        rows = [scores(states, labels, sentence, values, seed) for seed in range(splits)]
        found.append((place, rows, len(states), values))
    if not found:
        raise UserError(
            later("Too few sentences of two kinds of {what}: at least {n} must have it at a place, "
                  "with two different values.", what=later(attribute), n=LEAST)
        )  # fmt: skip
    table = np.array([rows for _, rows, _, _ in found])  # [P, R, 3]
    return Readout(
        corpus.model, side, corpus.layer, attribute, tuple(place for place, _, _, _ in found),
        corpus.about, table[..., 0], table[..., 1], table[..., 2],
        np.array([float(count) for _, _, count, _ in found]),
        np.array([float(values) for _, _, _, values in found]),
    )  # fmt: skip


def _taken(
    states: Array, known: NDArray[Any], sentence: Numbers, mask: NDArray[np.bool_]
) -> tuple[Array, Numbers, Numbers, int]:
    """States, labels and sentences of what is asked for, and how many values there are."""
    here = np.flatnonzero(mask)
    names, counts = np.unique(known[here].astype(str), return_counts=True)
    if len(names) > MOST_VALUES:
        names = np.sort(names[np.argsort(-counts, kind="stable")[:MOST_VALUES]])
        here = here[np.isin(known[here].astype(str), names)]
    if len(here) > MOST_TRAINED:
        here = np.sort(np.random.default_rng(0).permutation(here)[:MOST_TRAINED])
    labels = np.searchsorted(names, known[here].astype(str))
    return states[here].astype(np.float64), labels, sentence[here], len(names)

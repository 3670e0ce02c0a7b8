"""Exact nearest neighbours among the states of a corpus, by blocked matrix products.

A block of float16 states becomes float32 where the processor's cache holds it, and is multiplied
with all queries at once. Who comes near enough is measured again in float64, so that the order
hangs on no rounding.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.probes.hidden_states import hidden_states
from s2s.probes.options import check_choice, check_state
from s2s.results import Array, HiddenStates, Source
from s2s.results.state_corpus import (
    LENGTH,
    SIDES,
    Neighbour,
    Neighbours,
    SideStates,
    StateCorpus,
    token_attributes,
)
from s2s.text.language import later

METRICS = ("cosine", "euclidean")
BLOCK = 1 << 18
"""Numbers of a block: 1 MB as float32."""
SPARE = 32
"""Sentences measured again beyond those that are asked for."""


def neighbours(
    system: System,
    text: Source,
    corpus: StateCorpus,
    side: str = "decoder",
    place: int | None = None,
    metric: str = "cosine",
    count: int = 10,
    known: Mapping[str, str] | None = None,
) -> Neighbours:
    """The states of other sentences nearest to one state of a sentence.

    Args:
        system: the model, the one that the corpus is of.
        text: the source.
        corpus: what is searched, at the corpus's layer.
        side: ``encoder`` or ``decoder``.
        place: 0-based, among the tokens of that side; None for the last.
        metric: ``cosine`` or ``euclidean``.
        count: at most so many, each of another sentence.
        known: what is known of the text, beside its tokens.

    Raises:
        UserError: for a text that the model cannot read, and for an option that does not exist.
    """
    states = hidden_states(system, text)
    check_side(side)
    tokens = states.source if side == "encoder" else states.output
    place = len(tokens) - 1 if place is None else place
    check_state(side, place, len(tokens))
    return neighbours_of(states, corpus, side, place, metric, count, known)


def check_side(side: str) -> None:
    """Refuse what is neither side."""
    check_choice("side", side, SIDES)


def neighbours_of(
    states: HiddenStates,
    corpus: StateCorpus,
    side: str,
    place: int,
    metric: str = "cosine",
    count: int = 10,
    known: Mapping[str, str] | None = None,
) -> Neighbours:
    """As `neighbours`, of states that are known already."""
    layers = states.encoder if side == "encoder" else states.decoder
    tokens = states.source if side == "encoder" else states.output
    part = corpus.side(side)
    query = layers[corpus.layer].states[place]
    # The sentence itself would only find itself.
    same = [n for n, source in enumerate(corpus.sources) if source == states.source]
    found, values = nearest(part, query, metric, count, frozenset(same))
    return Neighbours(
        model=states.model, side=side, layer=corpus.layer, metric=metric, tokens=tokens,
        place=place, states=len(part),
        known={
            **token_attributes(tokens, place), LENGTH: str(len(states.source)), **(known or {})
        },
        found=tuple(_neighbour(corpus, side, n, float(v))
                    for n, v in zip(found, values, strict=True)),
    )  # fmt: skip


def _neighbour(corpus: StateCorpus, side: str, state: int, value: float) -> Neighbour:
    part = corpus.side(side)
    sentence = int(part.sentence[state])
    return Neighbour(
        state, corpus.texts[sentence], corpus.sources[sentence], corpus.outputs[sentence],
        int(part.place[state]), value, corpus.of(side, state),
    )  # fmt: skip


def nearest(
    part: SideStates,
    query: Array,
    metric: str,
    count: int,
    without: frozenset[int] = frozenset(),
) -> tuple[list[int], Array]:
    """The states nearest to a vector, each of another sentence; equals the first.

    Args:
        part: N states.
        query: [M].
        metric: ``cosine`` or ``euclidean``.
        count: at most so many.
        without: sentences that are passed over.

    Returns:
        Numbers of the states and their cosines or distances in float64, the nearest first.

    Raises:
        UserError: for another metric, and for the cosine of a zero vector.
    """
    far = _farness(part, np.asarray(query, dtype=np.float64), metric)
    first = np.flatnonzero(np.diff(part.sentence, prepend=-1))  # of each sentence
    best = np.minimum.reduceat(far, first)
    best[np.isin(part.sentence[first], list(without))] = np.inf
    some = min(count + SPARE, len(best))
    near = np.argpartition(best, some - 1)[:some]
    near = np.sort(near[np.isfinite(best[near])])
    ends = np.append(first[1:], len(far))
    found, values = [], []
    for n in near:
        again = exactly(part.states[first[n] : ends[n]], query, metric)
        at = int(again.argmin())
        found.append(int(first[n]) + at)
        values.append(float(again[at]))
    order = np.argsort(values, kind="stable")[:count]
    told = np.array(values)[order]
    return [found[n] for n in order], 1 - told if metric == "cosine" else told


def exactly(states: Array, query: Array, metric: str) -> Array:
    """[N] one less the cosine (infinite for a zero vector), or the distance, in float64."""
    vectors, vector = states.astype(np.float64), np.asarray(query, dtype=np.float64)
    if metric == "euclidean":
        return np.linalg.norm(vectors - vector, axis=1)
    sizes = np.linalg.norm(vectors, axis=1) * np.linalg.norm(vector)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sizes > 0, 1 - vectors @ vector / sizes, np.inf)


@torch.inference_mode()
def _farness(part: SideStates, query: Array, metric: str) -> Array:
    """[N] float32, rising with the distance."""
    check_choice("metric", metric, METRICS)
    size = float(np.linalg.norm(query))
    if metric == "cosine" and not size:
        raise UserError(later("This state is a zero vector: it has no direction, so no cosine."))
    count, units = part.states.shape
    column = torch.from_numpy(np.ascontiguousarray(query)).float()
    found = torch.empty(count)
    rows = max(1, BLOCK // units)
    room = torch.empty(min(rows, count), units)
    for start in range(0, count, rows):
        block = torch.from_numpy(part.states[start : start + rows])
        # Copied into the same room, which stays in the cache.
        torch.mv(room[: len(block)].copy_(block), column, out=found[start : start + rows])
    dots = found.numpy()
    if metric == "euclidean":  # the square, less what is the same for all
        return part.sizes**2 - 2 * dots
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(part.sizes > 0, -dots / (part.sizes * np.float32(size)), np.inf)

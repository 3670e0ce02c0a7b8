"""Attributions of scores to the source tokens: gradient times input, integrated gradients, erasure.

A score is a number f of each output token, made from the decoder's steps, the fed tokens held
fixed. The input vectors are what enters the first recurrent layer: embeddings, or one-hot vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.model.decoder import Decoded
from s2s.probes.replica import Replica
from s2s.results import Array
from s2s.results.saliency import tolerance
from s2s.text.language import Later, later

Score = Callable[[Sequence[Decoded]], list[Tensor]]
"""T steps of N variants of a source to T scores [N] each."""
# Points of the path, tried in turn until the cells stay and the sum is complete.
POINTS = (8, 16, 32, 64, 128, 256, 512)
# Called with the share of the work that is done, 0 to 1, and what comes next.
Progress = Callable[[float, Later], None]
# At most this many of them in one batch, to bound the memory.
AT_ONCE = 16


def scores(
    replica: Replica, vectors: Tensor, score: Score, count: int | None = None
) -> list[Tensor]:
    """One [N] per output token (the first `count`), f of N sources [N, S, E]."""
    return score(replica.decode(*replica.encode(vectors), count=count))


def gradients(
    replica: Replica, vectors: Tensor, score: Score, rows: Sequence[int]
) -> Iterator[Tensor]:
    """For each output token of `rows` [N, S, E], df by the input vectors [N, S, E].

    One after the other, so that whoever asks can stop between two.
    """
    vectors = vectors.detach().requires_grad_()
    with torch.enable_grad():
        # One score at a time: the graph of f holds no later step and one output layer.
        totals = [row.sum() for row in scores(replica, vectors, score, max(rows) + 1)]
    for t in rows:
        yield torch.autograd.grad(totals[t], vectors, retain_graph=True)[0]


def gradient_x_input(replica: Replica, score: Score, rows: Sequence[int]) -> Array:
    """[R, S] of R output tokens, gradient . input vector (Shrikumar et al. 2016)."""
    x = replica.vectors
    found = list(gradients(replica, x[None], score, rows))
    return (torch.cat(found) * x).sum(dim=-1).numpy()


def baseline(replica: Replica) -> Tensor:
    """[S, E] zeros, but start and end tokens as they are (Sundararajan et al. 2017, 6.4)."""
    baseline = replica.vectors.clone()
    baseline[list(replica.mine)] = 0.0
    return baseline


def integrated(
    replica: Replica, score: Score, tokens: Sequence[int], difference: Array, progress: Progress
) -> tuple[Array, NDArray[np.int64], Array]:
    """[R, S] integrated gradients (Sundararajan et al. 2017, eq. 1), [R] points, [R] change.

    By Gauss-Legendre quadrature of the straight path from the baseline to the input. The points
    are doubled until no cell of an output token's row moves by more than the tolerance and the
    row's sum is `difference` [R], f(input) - f(baseline), within it: cells that are wrong may well
    add up. Only the output tokens that are not there yet are taken again.

    Args:
        replica: the copy.
        score: f.
        tokens: R output tokens.
        difference: what each row should add up to.
        progress: told what is being computed.
    """
    start_from = baseline(replica)
    way = replica.vectors - start_from  # [S, E]
    found = np.zeros((len(tokens), len(way)))
    points = np.zeros(len(tokens), dtype=np.int64)
    change = np.full(len(tokens), np.inf)
    rows = list(range(len(found)))
    for count in POINTS:
        places, weights = np.polynomial.legendre.leggauss(count)  # on [-1, 1]
        total = torch.zeros(len(rows), *way.shape, dtype=torch.float64)
        asked = [tokens[row] for row in rows]
        for start in range(0, count, AT_ONCE):
            part = slice(start, start + AT_ONCE)
            along = torch.from_numpy((places[part] + 1) / 2)[:, None, None]
            share = torch.from_numpy(weights[part] / 2)
            slopes = gradients(replica, start_from + along * way, score, asked)
            for row, slope in enumerate(slopes):
                progress(
                    0.1 + 0.7 * (count + start) / (2 * POINTS[-1]),
                    later("integrated gradients: {points} points for {n} of {of} tokens",
                          points=count, n=len(rows), of=len(found)),
                )  # fmt: skip
                total[row] += torch.einsum("n,nse->se", share, slope)
        cells = (total * way).sum(dim=-1).numpy()
        if count > POINTS[0]:
            change[rows] = np.abs(cells - found[rows]).max(axis=1)
        found[rows] = cells
        points[rows] = count
        settled = change <= tolerance(np.abs(found).max(axis=1))
        complete = np.abs(found.sum(axis=1) - difference) <= tolerance(difference)
        rows = np.flatnonzero(~(settled & complete)).tolist()
        if not rows:
            break
    kept = [s for s in range(len(way)) if s not in replica.mine]
    found[:, kept] = np.nan
    return found, points, change


def fixed(replica: Replica) -> bool:
    """Whether the model reads a fixed number of characters, the spare ones blank."""
    return replica.system.sequence.fixed_source_length is not None


def _removable(replica: Replica) -> list[int]:
    """Places that can be left out: the text's own tokens, unless nothing would be left."""
    first, length = replica.reading.first, replica.reading.length
    places = list(range(first, first + length))
    if fixed(replica):
        places = [s for s in places if replica.reading.tokens[s] != " "]
    return places if len(places) > 1 else []


def left_out(replica: Replica, own: Tensor, score: Score) -> Array:
    """[T, S] leave-one-out: erasure (Li et al. 2016), what f [T] loses without each token."""
    places = _removable(replica)
    if fixed(replica):
        blank = replica.system.source_vocab.ids.get(" ")
        return _put(replica, own, score, places, blank)
    every = range(len(replica.reading.ids))
    shorter = [replica.vectors[[s for s in every if s != place]] for place in places]
    if replica.system.sequence.padded_source_length == len(every):  # one more place is filled up
        spare = replica.vector(replica.system.source_vocab.special("pad"))[None]
        shorter = [torch.cat([vectors, spare]) for vectors in shorter]
    return _drops(replica, own, score, places, shorter)


def replaced(replica: Replica, own: Tensor, score: Score) -> Array | None:
    """[T, S] with UNK in the place of each known word; None without UNK."""
    unknown = replica.system.source_vocab.unk
    if unknown is None:
        return None
    first, length = replica.reading.first, replica.reading.length
    places = [s for s in range(first, first + length) if replica.reading.ids[s] != unknown]
    return _put(replica, own, score, places, unknown)


def _put(
    replica: Replica, own: Tensor, score: Score, places: list[int], index: int | None
) -> Array:
    """[T, S] with that source token in one place at a time; NaN where there is none to put."""
    if index is None:
        return _drops(replica, own, score, [], [])
    other = []
    for place in places:
        vectors = replica.vectors.clone()
        vectors[place] = replica.vector(index)
        other.append(vectors)
    return _drops(replica, own, score, places, other)


def _drops(
    replica: Replica, own: Tensor, score: Score, places: list[int], variants: Sequence[Tensor]
) -> Array:
    """[T, S] f minus that of each place's variant [S', E]; NaN elsewhere.

    Equal variants (a word that stands twice in a row) are run once, so that their values are equal
    to the last digit: a rank correlation must see the tie.
    """
    found = np.full((len(own), len(replica.vectors)), np.nan)
    if places:
        distinct: dict[bytes, int] = {}
        runs = [distinct.setdefault(v.numpy().tobytes(), len(distinct)) for v in variants]
        once = torch.stack([variants[runs.index(run)] for run in range(len(distinct))])
        after = torch.stack(scores(replica, once, score))  # [T, distinct]
        found[:, places] = (own[:, None] - after[:, runs]).numpy()
    return found

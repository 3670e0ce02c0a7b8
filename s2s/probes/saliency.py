"""Saliency of a sentence: gradient times input, integrated gradients, leave-one-out.

All of one score f_t of output token t, the fed tokens held fixed: its log odds by default, because
the gradient of ln p_t is (1 - p_t) times theirs and so all but 0 where the model is confident.
The input vectors are what enters the first recurrent layer: embeddings, or one-hot vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.probes.gradients import output_ids
from s2s.probes.replica import Replica, attention_rows, replicate
from s2s.results import Array, Reading, Saliency, Source
from s2s.results.gradients import OF
from s2s.results.saliency import tolerance

# Points of the path, tried in turn until the cells stay and the sum is complete.
POINTS = (8, 16, 32, 64, 128, 256, 512)
# Called with the share of the work that is done, 0 to 1, and what comes next.
Progress = Callable[[float, str], None]
# At most this many of them in one batch, to bound the memory.
AT_ONCE = 16


@torch.inference_mode(mode=False)
def saliency(
    system: System,
    text: Source | Reading,
    target: str | Sequence[int] | None = None,
    *,
    of: str = "log_odds",
    progress: Progress = lambda *_: None,
) -> Saliency:
    """Attributions of every output token to every source token, by three methods.

    The model is only read; any number of threads may ask at once. Everything is in float64.

    Args:
        system: the model. It may be in training, if the target is given.
        text: the source, typed or read.
        target: the output to be attributed, typed or as ids (the end token included); None for
            the model's own greedy output.
        of: ``log_odds``, or ``loss`` for ln p_t.
        progress: told what is being computed; what it raises ends the work.

    Raises:
        UserError: for a text or target the model cannot read or write.
    """
    if of not in OF:
        raise UserError(f"of is {of!r}; it must be {' or '.join(OF)}.")
    reading = text if isinstance(text, Reading) else system.read(text)
    replica = replicate(system, reading, output_ids(system, reading, target))
    mode = "free-running" if target is None else "teacher-forced"
    return of_replica(replica, of, mode, progress)


def of_replica(
    replica: Replica, of: str, mode: str, progress: Progress = lambda *_: None
) -> Saliency:
    """The same for a copy that is there already."""
    progress(0.0, "leaving out one source token at a time")
    with torch.no_grad():
        steps = replica.decode(*replica.encode(replica.vectors[None]))
        odds = torch.cat(replica.log_odds(steps))  # [T]
        ends = torch.stack([_baseline(replica), replica.vectors])
        below, above = torch.stack(_scores(replica, ends, of), dim=1)  # [T] each
        log_p = torch.nn.functional.logsigmoid(odds)
        left_out, replaced = _left_out(replica, log_p), _replaced(replica, log_p)
    integrated, points, change = _integrated(replica, of, (above - below).numpy(), progress)
    progress(0.8, "gradient × input")
    vocab = replica.system.target_vocab
    return Saliency(
        model=replica.system.name,
        reading=replica.reading,
        output=tuple(vocab.decode(replica.output)),
        fed=tuple(vocab.decode(replica.fed)),
        of=of,
        mode=mode,
        left_out="blank" if _fixed(replica) else "removed",
        gradient_x_input=_gradient_x_input(replica, of),
        integrated_gradients=integrated,
        leave_one_out=left_out,
        replaced=replaced,
        attention=attention_rows(steps),
        scores=above.numpy(),
        baseline=below.numpy(),
        points=points,
        change=change,
        log_probabilities=log_p.numpy(),
    )


def _scores(replica: Replica, vectors: Tensor, of: str, count: int | None = None) -> list[Tensor]:
    """One [N] per output token (the first `count`), f_t of N sources [N, S, E]."""
    odds = replica.log_odds(replica.decode(*replica.encode(vectors), count=count))
    return odds if of == "log_odds" else [torch.nn.functional.logsigmoid(row) for row in odds]


def _gradients(replica: Replica, vectors: Tensor, of: str, rows: Sequence[int]) -> Iterator[Tensor]:
    """For each output token of `rows` [N, S, E], df_t by the input vectors [N, S, E].

    One after the other, so that whoever asks can stop between two.
    """
    vectors = vectors.detach().requires_grad_()
    with torch.enable_grad():
        # One score at a time: the graph of f_t holds no later step and one output layer.
        scores = [row.sum() for row in _scores(replica, vectors, of, max(rows) + 1)]
    for t in rows:
        yield torch.autograd.grad(scores[t], vectors, retain_graph=True)[0]


def _gradient_x_input(replica: Replica, of: str) -> Array:
    """[T, S] gradient . input vector (Shrikumar et al. 2016)."""
    x = replica.vectors
    rows = _gradients(replica, x[None], of, range(len(replica.output)))
    return (torch.cat(list(rows)) * x).sum(dim=-1).numpy()


def _baseline(replica: Replica) -> Tensor:
    """[S, E] zeros, but start and end tokens as they are (Sundararajan et al. 2017, 6.4)."""
    baseline = replica.vectors.clone()
    baseline[list(replica.mine)] = 0.0
    return baseline


def _integrated(
    replica: Replica, of: str, difference: Array, progress: Progress
) -> tuple[Array, np.ndarray, Array]:
    """[T, S] integrated gradients (Sundararajan et al. 2017, eq. 1), [T] points, [T] change.

    By Gauss-Legendre quadrature of the straight path from the baseline to the input. The points
    are doubled until no cell of an output token's row moves by more than the tolerance and the
    row's sum is `difference` [T], f(input) - f(baseline), within it: cells that are wrong may well
    add up. Only the output tokens that are not there yet are taken again.
    """
    baseline = _baseline(replica)
    way = replica.vectors - baseline  # [S, E]
    found = np.zeros((len(replica.output), len(way)))
    points = np.zeros(len(replica.output), dtype=np.int64)
    change = np.full(len(replica.output), np.inf)
    rows = list(range(len(found)))
    for count in POINTS:
        places, weights = np.polynomial.legendre.leggauss(count)  # on [-1, 1]
        total = torch.zeros(len(rows), *way.shape, dtype=torch.float64)
        for start in range(0, count, AT_ONCE):
            part = slice(start, start + AT_ONCE)
            along = torch.from_numpy((places[part] + 1) / 2)[:, None, None]
            share = torch.from_numpy(weights[part] / 2)
            for row, slope in enumerate(_gradients(replica, baseline + along * way, of, rows)):
                progress(
                    0.1 + 0.7 * (count + start) / (2 * POINTS[-1]),
                    f"integrated gradients: {count} points for {len(rows)} of {len(found)} tokens",
                )
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


def _fixed(replica: Replica) -> bool:
    """Whether the model reads a fixed number of characters, the spare ones blank."""
    return replica.system.sequence.fixed_source_length is not None


def _removable(replica: Replica) -> list[int]:
    """Places that can be left out: the text's own tokens, unless nothing would be left."""
    first, length = replica.reading.first, replica.reading.length
    places = list(range(first, first + length))
    if _fixed(replica):
        places = [s for s in places if replica.reading.tokens[s] != " "]
    return places if len(places) > 1 else []


def _left_out(replica: Replica, log_p: Tensor) -> Array:
    """[T, S] leave-one-out: erasure (Li et al. 2016), as a difference in nats."""
    places = _removable(replica)
    if _fixed(replica):
        blank = replica.system.source_vocab.ids.get(" ")
        return _put(replica, log_p, places, blank)
    every = range(len(replica.reading.ids))
    shorter = [replica.vectors[[s for s in every if s != place]] for place in places]
    return _drops(replica, log_p, places, shorter)


def _replaced(replica: Replica, log_p: Tensor) -> Array | None:
    """[T, S] with UNK in the place of each known word; None without UNK."""
    unknown = replica.system.source_vocab.unk
    if unknown is None:
        return None
    first, length = replica.reading.first, replica.reading.length
    places = [s for s in range(first, first + length) if replica.reading.ids[s] != unknown]
    return _put(replica, log_p, places, unknown)


def _put(replica: Replica, log_p: Tensor, places: list[int], index: int | None) -> Array:
    """[T, S] with that source token in one place at a time; NaN where there is none to put."""
    if index is None:
        return _drops(replica, log_p, [], [])
    other = []
    for place in places:
        vectors = replica.vectors.clone()
        vectors[place] = replica.vector(index)
        other.append(vectors)
    return _drops(replica, log_p, places, other)


def _drops(replica: Replica, log_p: Tensor, places: list[int], variants: Sequence[Tensor]) -> Array:
    """[T, S] ln p_t minus that of each place's variant [S', E]; NaN elsewhere.

    Equal variants (a word that stands twice in a row) are run once, so that their values are equal
    to the last digit: a rank correlation must see the tie.
    """
    found = np.full((len(log_p), len(replica.vectors)), np.nan)
    if places:
        distinct: dict[bytes, int] = {}
        runs = [distinct.setdefault(v.numpy().tobytes(), len(distinct)) for v in variants]
        once = torch.stack([variants[runs.index(run)] for run in range(len(distinct))])
        scores = torch.stack(_scores(replica, once, "loss"))  # [T, distinct]
        found[:, places] = (log_p[:, None] - scores[:, runs]).numpy()
    return found

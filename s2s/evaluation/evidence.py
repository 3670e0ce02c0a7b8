"""What the checks of a diagnosis look at: every sentence written once and forced a few times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from s2s.decoding import batched
from s2s.decoding.system import System
from s2s.evaluation.reading import ReadSet
from s2s.model.batch import Source, make_source, pad, whole_output
from s2s.model.decoder import Decoded, Memory
from s2s.results import Array

Row = Sequence[int]
FEW = 16
"""Sentences for the checks of the machinery, which either holds for all or for none."""


@dataclass(frozen=True, eq=False)
class Sentence:
    """One sentence of N.

    Attributes:
        source: S ids, specials included.
        first: where the text begins among them.
        length: tokens of the text.
        unknown: how many of them the model does not know.
        written: T ids, the end token included if it was written.
        tokens: as they are scored.
        ended: whether the end came in time.
        reference: tokens; None without a reference.
        attention: [T, S] of what it wrote; None without attention.
        empty: [T] weight on empty slots; None without slots.
        swapped: mean total variation of the next-token distributions when another sentence's
            source is read and what was written is fed; NaN where there is no other sentence.
        loss: nats per token of the reference, forced; NaN without one.
        top: mean probability of the likeliest token, the reference fed (without one its own).
        forced: T' whether the likeliest token is the reference's, which is fed.
        free: T' whether the token written at that place is.
        likeliest: T' likeliest ids beside the reference's, for the order of the vocabulary.
        wanted: T' ids of the reference.
    """

    source: tuple[int, ...]
    first: int
    length: int
    unknown: int
    written: tuple[int, ...]
    tokens: tuple[str, ...]
    ended: bool
    reference: tuple[str, ...] | None
    attention: Array | None = None
    empty: Array | None = None
    swapped: float = float("nan")
    loss: float = float("nan")
    top: float = float("nan")
    forced: tuple[bool, ...] = ()
    free: tuple[bool, ...] = ()
    likeliest: tuple[int, ...] = ()
    wanted: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that was seen of one model.

    Attributes:
        system: the model.
        sentences: N.
        permuted: largest difference between the weights of permuted encoder states and the permuted
            weights; None without attention.
        unsummed: largest |sum - 1| of a row of weights; None without attention.
        padded: largest change of a probability when a sentence is read in a batch of longer ones.
    """

    system: System
    sentences: tuple[Sentence, ...]
    permuted: float | None
    unsummed: float | None
    padded: float


@torch.inference_mode()
def gather(
    system: System,
    read: ReadSet,
    references: bool = True,
    progress: Callable[[float], None] = lambda share: None,
) -> Evidence:
    """Write every sentence, then force what was written and what should have been.

    Args:
        system: the model; only read.
        read: the sentences as it reads them.
        references: whether the second texts of the pairs are right answers.
        progress: called with the share done; what it raises ends the work.
    """
    rows = [one.ids for one in read.sources[0]]
    written = batched.write(
        system, rows, lambda done, total: progress(0.4 * done / total), looked=False
    )
    sentences = []
    for one, output, wanted in zip(read.sources[0], written, read.references[0], strict=True):
        tokens, ended = batched.output_tokens(system, output.ids)
        sentences.append(Sentence(
            tuple(one.ids), one.first, one.length, one.unknown, output.ids, tuple(tokens), ended,
            tuple(wanted) if references else None,
        ))  # fmt: skip
    others = _others([one.source for one in sentences])
    items = list(zip(sentences, others, strict=True))
    looked = batched.by_length(
        items, lambda item: (len(item[0].source), len(item[0].written)),
        lambda some: _look(system, some),
        lambda done, total: progress(0.4 + 0.6 * done / total),
    )  # fmt: skip
    permuted, unsummed = _machinery(system, looked[:FEW])
    return Evidence(system, tuple(looked), permuted, unsummed, _padded(system, looked[:FEW]))


def _others(sources: Sequence[Row]) -> list[Row | None]:
    """For each source a different one, the next in the set."""
    found: list[Row | None] = []
    for n, own in enumerate(sources):
        later = (sources[(n + k) % len(sources)] for k in range(1, len(sources)))
        found.append(next((other for other in later if tuple(other) != tuple(own)), None))
    return found


def forced(system: System, sources: Sequence[Row], outputs: Sequence[Row]) -> Decoded:
    """One batch with these outputs fed, whatever they are: [B, T, V] logits and the weights."""
    memory, state = system.model.encode(_source(system, sources))
    return system.model.decoder(_fed(system, outputs), state, memory)


def _source(system: System, sources: Sequence[Row]) -> Source:
    return make_source(sources, system.config, system.sequence, system.source_vocab)


def _fed(system: System, outputs: Sequence[Row]) -> Tensor:
    fed, _ = pad([[system.start, *ids[:-1]] for ids in outputs], system.target_vocab.pad or 0)
    return fed


def _look(system: System, items: Sequence[tuple[Sentence, Row | None]]) -> list[Sentence]:
    """Weights and the swap of what was written; loss and accuracy of the reference. One batch."""
    some = [one for one, _ in items]
    own = forced(system, [one.source for one in some], [one.written for one in some])
    chances = own.logits.softmax(-1)
    swap = [n for n, (_, other) in enumerate(items) if other is not None]
    moved = np.full(len(some), np.nan)
    if swap:
        away = forced(system, [items[n][1] for n in swap], [some[n].written for n in swap])  # type: ignore[misc]
        apart = (away.logits.softmax(-1) - chances[swap, : away.logits.shape[1]]).abs().sum(-1) / 2
        for k, n in enumerate(swap):
            moved[n] = float(apart[k, : len(some[n].written)].mean())
    found = []
    for n, one in enumerate(some):
        steps, width = len(one.written), len(one.source)
        found.append(replace(
            one,
            attention=None if own.attention is None
            else own.attention[n, :steps, :width].double().numpy().copy(),
            empty=None if own.empty is None else own.empty[n, :steps].double().numpy().copy(),
            swapped=float(moved[n]),
            top=float(chances[n, :steps].max(-1).values.mean()),
        ))  # fmt: skip
    return _held(system, found) if found[0].reference is not None else found


def _held(system: System, some: Sequence[Sentence]) -> list[Sentence]:
    """The same sentences against their references, one batch."""
    vocab, sequence = system.target_vocab, system.sequence
    stand_in = system.start if vocab.unk is None else vocab.unk
    first = int(sequence.target_repeats_bos)
    wanted: list[list[int]] = []
    for one in some:
        known = [vocab.ids.get(token, stand_in) for token in one.reference or ()]
        wanted.append(whole_output(known, sequence, vocab))
    decoded = forced(system, [one.source for one in some], wanted)
    logs = decoded.logits.log_softmax(-1)
    found = []
    for n, (one, right) in enumerate(zip(some, wanted, strict=True)):
        rows, ids = logs[n, first : len(right)], torch.tensor(right[first:])
        best = rows.argmax(-1)
        free = [
            place < len(one.written) and one.written[place] == right[place]
            for place in range(first, len(right))
        ]
        found.append(replace(
            one,
            loss=float(-rows.gather(1, ids[:, None]).mean()),
            top=float(rows.max(-1).values.exp().mean()),
            forced=tuple((best == ids).tolist()), free=tuple(free),
            likeliest=tuple(best.tolist()), wanted=tuple(ids.tolist()),
        ))  # fmt: skip
    return found


def _machinery(system: System, some: Sequence[Sentence]) -> tuple[float | None, float | None]:
    """Whether the weights follow the encoder states, and whether each row sums to 1."""
    if not system.config.has_attention:
        return None, None
    permuted = unsummed = 0.0
    attention = system.model.decoder.attention
    draw = torch.Generator().manual_seed(1)
    for one in some:
        memory, state = system.model.encode(_source(system, [one.source]))
        fed = _fed(system, [one.written])
        own = system.model.decoder(fed, state, memory)
        order = torch.randperm(len(one.source), generator=draw)
        states = memory.states[:, order]
        assert attention is not None  # the configuration says so
        moved = Memory(states, attention.keys(states), memory.mask, memory.peek)
        other = system.model.decoder(fed, state, moved)
        permuted = max(permuted, float((other.attention - own.attention[..., order]).abs().max()))
        total = own.attention.sum(-1) + (0 if own.empty is None else own.empty)
        unsummed = max(unsummed, float((total - 1).abs().max()))
    return permuted, unsummed


def _padded(system: System, some: Sequence[Sentence]) -> float:
    """Largest change of a probability between a sentence alone and in a batch of all of them."""
    together = forced(system, [one.source for one in some], [one.written for one in some])
    worst = 0.0
    for n, one in enumerate(some):
        alone = forced(system, [one.source], [one.written]).logits[0].softmax(-1)
        beside = together.logits[n, : len(one.written)].softmax(-1)
        worst = max(worst, float((alone - beside).abs().max()))
    return worst

"""What the checks of a diagnosis look at: every sentence written, its right answer fed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

import torch

from s2s.decoding import batched
from s2s.decoding.system import System
from s2s.evaluation.held import Held, hold, written_places
from s2s.evaluation.reading import ReadSet
from s2s.model.batch import make_source, pad
from s2s.model.decoder import Memory
from s2s.results import Array

Row = Sequence[int]
FEW = 16
"""Sentences for the checks of the machinery, which either holds for all or for none."""
SOME = 200
"""Sentences that are read with another one's source: enough for a mean."""


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
        held: against its reference, which is fed; None without one.
        free: T' whether what it wrote by itself is the reference's token; empty without one.
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
    held: Held | None = None
    free: tuple[bool, ...] = ()


class Change(NamedTuple):
    """One sentence with another one's source in its place, what was written fed.

    Attributes:
        moved: mean total variation between the two next-token distributions; NaN where there is no
            other source.
        top: mean probability of the likeliest token with its own source.
    """

    moved: float
    top: float


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that was seen of one model.

    Attributes:
        system: the model.
        sentences: N.
        changes: of up to `SOME` of them.
        permuted: largest difference between the weights of permuted encoder states and the permuted
            weights; None without attention.
        unsummed: largest |sum - 1| of a row of weights; None without attention.
        padded: largest change of a probability when a sentence is read in a batch of longer ones.
    """

    system: System
    sentences: tuple[Sentence, ...]
    changes: tuple[Change, ...]
    permuted: float | None
    unsummed: float | None
    padded: float

    @property
    def held(self) -> list[Held]:
        """Those sentences that have a reference, against it."""
        return [one.held for one in self.sentences if one.held is not None]

    @property
    def top(self) -> float:
        """Mean probability of the likeliest token, the references fed (without them, its own)."""
        return fmean([one.top for one in self.held] or [one.top for one in self.changes])


@torch.inference_mode()
def gather(
    system: System,
    read: ReadSet,
    references: bool = True,
    progress: Callable[[float], None] = lambda share: None,
) -> Evidence:
    """Write every sentence, feed every right answer, and try some with another source.

    Args:
        system: the model; only read.
        read: the sentences as it reads them.
        references: whether the second texts of the pairs are right answers.
        progress: called with the share done; what it raises ends the work.
    """
    rows = [one.ids for one in read.sources[0]]
    written = batched.write(
        system, rows, lambda done, total: progress(0.5 * done / total), looked=False, whole=True
    )
    held: Sequence[Held | None] = [None] * len(rows)
    if references:
        held = hold(system, rows, read.references[0], lambda share: progress(0.5 + 0.35 * share))
    found = []
    for n, (one, output) in enumerate(zip(read.sources[0], written, strict=True)):
        right = held[n]
        tokens, ended = batched.output_tokens(system, output.ids)
        found.append(Sentence(
            tuple(one.ids), one.first, one.length, one.unknown, output.ids, tuple(tokens), ended,
            tuple(read.references[0][n]) if references else None,
            output.attention, output.empty, right,
            () if right is None else right.right(written_places(system, output.ids)),
        ))  # fmt: skip
    few = found[:FEW]
    return Evidence(
        system, tuple(found), _swapped(system, found, progress), *_machinery(system, few),
        _padded(system, few),
    )  # fmt: skip


def _others(sources: Sequence[Row]) -> list[Row | None]:
    """For each source a different one, the next in the set."""
    found: list[Row | None] = []
    for n, own in enumerate(sources):
        later = (sources[(n + k) % len(sources)] for k in range(1, len(sources)))
        found.append(next((other for other in later if tuple(other) != tuple(own)), None))
    return found


def _swapped(
    system: System, some: Sequence[Sentence], progress: Callable[[float], None]
) -> tuple[Change, ...]:
    """What another sentence's source changes while what was written is fed, for up to `SOME`."""
    spread = some[:: -(-len(some) // SOME)]
    others = _others([one.source for one in some])[:: -(-len(some) // SOME)]
    pairs = list(zip(spread, others, strict=True))

    def batch(items: Sequence[tuple[Sentence, Row | None]]) -> list[Change]:
        fed = [one.written for one, _ in items]
        own = batched.forced(system, [one.source for one, _ in items], fed)
        away = batched.forced(system, [other or one.source for one, other in items], fed)
        chances, moved = own.logits.softmax(-1), away.logits.softmax(-1)
        apart = (moved - chances).abs().sum(-1) / 2
        top = chances.max(-1).values
        return [
            Change(
                float("nan") if other is None else float(apart[n, : len(one.written)].mean()),
                float(top[n, : len(one.written)].mean()),
            )
            for n, (one, other) in enumerate(items)
        ]

    return tuple(batched.by_length(
        pairs, lambda item: (len(item[0].source), len(item[0].written)), batch,
        lambda done, total: progress(0.85 + 0.15 * done / total),
    ))  # fmt: skip


def _machinery(system: System, some: Sequence[Sentence]) -> tuple[float | None, float | None]:
    """Whether the weights follow the encoder states, and whether each row sums to 1."""
    if not system.config.has_attention:
        return None, None
    permuted = unsummed = 0.0
    attention = system.model.decoder.attention
    draw = torch.Generator().manual_seed(1)
    for one in some:
        memory, state = system.model.encode(
            make_source([one.source], system.config, system.sequence, system.source_vocab)
        )
        fed, _ = pad([[system.start, *one.written[:-1]]], 0)
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
    together = batched.forced(system, [one.source for one in some], [one.written for one in some])
    worst = 0.0
    for n, one in enumerate(some):
        alone = batched.forced(system, [one.source], [one.written]).logits[0].softmax(-1)
        beside = together.logits[n, : len(one.written)].softmax(-1)
        worst = max(worst, float((alone - beside).abs().max()))
    return worst

"""Greedy decoding of many sentences at once, with what a table of them shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor

from s2s.decoding.loop import DecodeLoop
from s2s.decoding.system import System
from s2s.model.batch import make_source, pad
from s2s.model.decoder import Decoded
from s2s.results import Array

BATCH = 128
"""Rows computed at once, wherever no other number is asked for."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Written:
    """One greedy output.

    Attributes:
        ids: T of them, the end token included if it was written.
        log_probability: natural log of the whole output's probability.
        entropy: mean entropy of the attention rows in nats; None without attention or unasked.
        coverage: [S] attention over all steps; None likewise.
        attention: [T, S] its rows; None without attention or unasked.
        empty: [T] weight on empty slots; None without slots or unasked.
    """

    ids: tuple[int, ...]
    log_probability: float
    entropy: float | None = None
    coverage: Array | None = None
    attention: Array | None = None
    empty: Array | None = None

    @property
    def confidence(self) -> float:
        """Mean log probability of a token."""
        return self.log_probability / len(self.ids)


def write(
    system: System,
    rows: Sequence[Sequence[int]],
    progress: Callable[[int, int], None] = lambda done, total: None,
    batch: int = BATCH,
    looked: bool = True,
    whole: bool = False,
) -> list[Written]:
    """Greedy outputs of many sources, in their order.

    Args:
        system: the model.
        rows: source ids with their specials.
        progress: called with (done, total) after every batch; what it raises ends the work.
        batch: B.
        looked: sum up where it looked (entropy, coverage) as well; about a tenth of the time.
        whole: keep every row of attention.
    """
    return by_length(
        rows, len, lambda some: write_batch(system, some, looked, whole), progress, batch
    )


def by_length(
    items: Sequence[Item],
    length: Callable[[Item], Any],
    work: Callable[[list[Item]], Sequence[Result]],
    progress: Callable[[int, int], None] = lambda done, total: None,
    batch: int = BATCH,
) -> list[Result]:
    """One result of each item, in their order, worked out batch by batch.

    Items of like length share a batch, so that little is computed on padding.

    Args:
        items: N of them.
        length: what they are sorted by.
        work: a batch of items to as many results.
        progress: called with (done, total) after every batch; what it raises ends the work.
        batch: B.
    """
    order = sorted(range(len(items)), key=lambda i: length(items[i]))
    results: dict[int, Result] = {}
    for start in range(0, len(order), batch):
        chunk = order[start : start + batch]
        results.update(zip(chunk, work([items[i] for i in chunk]), strict=True))
        progress(start + len(chunk), len(order))
    return [results[i] for i in range(len(items))]


class Keeper(Protocol):
    """What looks on while a batch is written."""

    def begin(self, loop: DecodeLoop) -> None:
        """Before the first step: what was read."""

    def keep(self, t: int, at: Tensor, left: Tensor, step: Decoded) -> None:
        """Step t: the rows of it that have not ended are `left`, `at` is their place among all."""


@torch.inference_mode()
def write_batch(
    system: System,
    rows: Sequence[Sequence[int]],
    looked: bool = True,
    whole: bool = False,
    keeper: Keeper | None = None,
) -> list[Written]:
    """One batch of `write`: what single decoding writes, to the rounding of the model's type."""
    loop = DecodeLoop(system, rows)
    if keeper:
        keeper.begin(loop)
    size, source = loop.memory.mask.shape
    maps = _Maps(system, size, source, loop.limit) if whole else None
    ids = torch.zeros(size, loop.limit, dtype=torch.long)
    steps = torch.zeros(size, dtype=torch.long)
    total, entropy = torch.zeros(size, dtype=torch.float64), torch.zeros(size, dtype=torch.float64)
    coverage = torch.zeros(size, source, dtype=torch.float64)
    alive = torch.arange(size)  # the source of each row that is still computed
    left = alive  # those of these rows that have not ended
    for t, step in loop:
        logits = step.logits[:, -1]  # [B, V]
        best, written = logits.max(-1, keepdim=True)
        own = -(logits - best).exp_().sum(-1).log_().double()  # log probability
        at = alive[left]
        ids[at, t] = written[left, 0]
        total[at] += own[left]
        steps[at] = t + 1
        if looked and step.attention is not None:
            weights = step.attention[left, -1].double()
            entropy[at] += torch.special.entr(weights).sum(-1)
            coverage[at] += weights
        for one in (maps, keeper):
            if one:
                one.keep(t, at, left, step)
        if system.end is not None:
            left = left[written[left, 0] != system.end]
        if not len(left):
            break
        if 2 * len(left) > len(alive):
            loop.feed(written[:, 0])
        else:  # a few long outputs must not keep the whole batch busy
            loop.feed(written[left, 0], left)
            alive, left = alive[left], torch.arange(len(left))
    outputs = [tuple(row[:count]) for row, count in zip(ids.tolist(), steps.tolist(), strict=True)]
    found = [Written(*one) for one in zip(outputs, total.tolist(), strict=True)]
    if looked and system.config.has_attention:
        found = [
            replace(one, entropy=mean, coverage=row[: len(source)].copy())
            for one, mean, row, source in zip(
                found, (entropy / steps).tolist(), coverage.numpy(), rows, strict=True
            )
        ]
    return maps.put(found, rows) if maps else found


class _Maps:
    """The attention of one batch while it is written: [B, T, S] weights, [B, T] on empty slots."""

    def __init__(self, system: System, size: int, source: int, limit: int) -> None:
        config = system.config
        self._rows = np.zeros((size, limit, source)) if config.has_attention else None
        self._empty = np.zeros((size, limit)) if config.attention_slots else None

    def keep(self, t: int, at: Tensor, left: Tensor, step: Decoded) -> None:
        """Step t of the rows that are still computed: `at` among all, `left` among those."""
        for kept, now in ((self._rows, step.attention), (self._empty, step.empty)):
            if kept is not None and now is not None:
                kept[at.numpy(), t] = now[left, -1].double().numpy()

    def put(self, found: list[Written], rows: Sequence[Sequence[int]]) -> list[Written]:
        return [
            replace(
                one,
                attention=None if self._rows is None
                else self._rows[n, : len(one.ids), : len(row)].copy(),
                empty=None if self._empty is None else self._empty[n, : len(one.ids)].copy(),
            )
            for n, (one, row) in enumerate(zip(found, rows, strict=True))
        ]  # fmt: skip


def forced(
    system: System, sources: Sequence[Sequence[int]], outputs: Sequence[Sequence[int]]
) -> Decoded:
    """One batch with these outputs fed, whatever they are: [B, T, V] logits and the weights.

    Args:
        system: the model.
        sources: B rows of ids with their specials.
        outputs: B rows of ids, the end token included.
    """
    source = make_source(sources, system.config, system.sequence, system.source_vocab)
    memory, state = system.model.encode(source)
    fed, _ = pad([[system.start, *ids[:-1]] for ids in outputs], system.target_vocab.pad or 0)
    return system.model.decoder(fed, state, memory)


def output_tokens(system: System, ids: Sequence[int]) -> tuple[list[str], bool]:
    """Output tokens as they are scored, and whether the end came in time.

    The end token is left out, and the start token where the model writes it first.
    """
    ended = len(ids) > 0 and ids[-1] == system.end
    if ended:
        ids = ids[:-1]
    if system.sequence.target_repeats_bos and list(ids[:1]) == [system.start]:
        ids = ids[1:]
    return system.target_vocab.decode(ids), ended or system.end is None


def least_covered(coverage: Array | None, first: int, length: int) -> float:
    """Attention on the least attended token of the text; NaN without attention.

    Args:
        coverage: [S] over all steps.
        first: where the text begins among the S tokens.
        length: how many of them it gave.
    """
    return float("nan") if coverage is None else float(np.min(coverage[first : first + length]))

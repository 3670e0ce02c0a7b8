"""Greedy decoding of many sentences at once, with what a table of them shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from s2s.decoding import search
from s2s.decoding.system import System
from s2s.model.decoder import Memory, State
from s2s.results import Array

BATCH = 128


@dataclass(frozen=True, eq=False)
class Written:
    """One greedy output.

    Attributes:
        ids: T of them, the end token included if it was written.
        log_probability: natural log of the whole output's probability.
        entropy: mean entropy of the attention rows in nats; None without attention.
        coverage: [S] attention over all steps; None without attention.
    """

    ids: tuple[int, ...]
    log_probability: float
    entropy: float | None = None
    coverage: Array | None = None

    @property
    def confidence(self) -> float:
        """Mean log probability of a token."""
        return self.log_probability / len(self.ids)


def write(
    system: System,
    rows: Sequence[Sequence[int]],
    progress: Callable[[int, int], None] = lambda done, total: None,
    batch: int = BATCH,
) -> list[Written]:
    """Greedy outputs of many sources, in their order.

    Sources of like length share a batch, so that little is computed on padding.

    Args:
        system: the model.
        rows: source ids with their specials.
        progress: called with (done, total) after every batch; what it raises ends the work.
        batch: B.
    """
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    found: dict[int, Written] = {}
    for start in range(0, len(order), batch):
        chunk = order[start : start + batch]
        found.update(zip(chunk, write_batch(system, [rows[i] for i in chunk]), strict=True))
        progress(start + len(chunk), len(order))
    return [found[i] for i in range(len(rows))]


@torch.inference_mode()
def write_batch(system: System, rows: Sequence[Sequence[int]]) -> list[Written]:
    """One batch of `write`: what single decoding writes, to the rounding of the model's type."""
    memory, state = search.encode(system, rows)
    limit = system.sequence.max_output_length
    eos = system.target_vocab.eos if system.sequence.stop == "eos" else None
    size, source = memory.mask.shape
    ids = torch.zeros(size, limit, dtype=torch.long)
    steps = torch.zeros(size, dtype=torch.long)
    total, entropy = torch.zeros(size, dtype=torch.float64), torch.zeros(size, dtype=torch.float64)
    coverage = torch.zeros(size, source, dtype=torch.float64)
    alive = torch.arange(size)  # the row of the batch that each row still computed belongs to
    going = torch.ones(size, dtype=torch.bool)  # which of those have not ended
    fed = torch.full((size, 1), system.start)
    for t in range(limit):
        step = system.model.decoder(fed, state, memory)
        state = step.state
        logits = step.logits[:, -1]  # [B, V]
        best, fed = logits.max(-1, keepdim=True)
        own = (best[:, 0] - logits.logsumexp(-1)).double()
        at = alive[going]
        ids[at, t] = fed[going, 0]
        total[at] += own[going]
        steps[at] += 1
        if step.attention is not None:
            weights = step.attention[going, -1].double()
            entropy[at] += torch.special.entr(weights).sum(-1)
            coverage[at] += weights
        if eos is None:
            continue
        going &= fed[:, 0] != eos
        left = int(going.sum())
        if not left:
            break
        if 2 * left <= len(alive):  # a few long outputs must not keep the whole batch busy
            memory, state = _only(memory, state, going)
            alive, fed, going = alive[going], fed[going], going[going]
    attentive = system.config.has_attention
    return [
        Written(
            tuple(ids[i, : steps[i]].tolist()),
            float(total[i]),
            float(entropy[i] / steps[i]) if attentive else None,
            coverage[i, : len(row)].numpy().copy() if attentive else None,
        )
        for i, row in enumerate(rows)
    ]


def output_tokens(system: System, ids: Sequence[int]) -> tuple[list[str], bool]:
    """Output tokens as they are scored, and whether the end came in time.

    The end token is left out, and the start token where the model writes it first.
    """
    sequence, vocab = system.sequence, system.target_vocab
    finished = sequence.stop != "eos" or (len(ids) > 0 and ids[-1] == vocab.eos)
    if sequence.stop == "eos" and finished:
        ids = ids[:-1]
    tokens = vocab.decode(ids)
    if sequence.target_repeats_bos and tokens[:1] == [sequence.start_token]:
        tokens = tokens[1:]
    return tokens, finished


def least_covered(coverage: Array | None, first: int, length: int) -> float:
    """Attention on the least attended token of the text; NaN without attention.

    Args:
        coverage: [S] over all steps.
        first: where the text begins among the S tokens.
        length: how many of them it gave.
    """
    return float("nan") if coverage is None else float(np.min(coverage[first : first + length]))


def _only(memory: Memory, state: State, rows: Tensor) -> tuple[Memory, State]:
    """Memory and state of the rows that are True."""
    hidden, cell = state
    keys = None if memory.keys is None else memory.keys[rows]
    kept = Memory(memory.states[rows], keys, memory.mask[rows], memory.peek[rows])
    return kept, (hidden[:, rows], None if cell is None else cell[:, rows])

"""A private float64 copy of a model, reading vectors where the model reads ids.

The copy runs the model's own code, so it is the same function; the shared model is only read.
N variants of one source, S source tokens, T output tokens, E embedding, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from s2s.decoding.adapter import ForeignModel
from s2s.decoding.system import System
from s2s.model.batch import Source, make_source
from s2s.model.decoder import Decoded, Memory, State
from s2s.model.seq2seq import Seq2Seq
from s2s.probes.sentence import in_float64
from s2s.probes.unrolled import log_odds
from s2s.results import Array, Reading


class Given(nn.Module):
    """Stands where a lookup stood: an id is a row of a given table."""

    embedding = None

    def __init__(self, table: Tensor):
        super().__init__()
        self.table = nn.Parameter(table, requires_grad=False)

    def forward(self, ids: Tensor, dtype: torch.dtype) -> Tensor:
        """[B, S] row numbers to [B, S, E]."""
        return nn.functional.embedding(ids, self.table)


class _Encode(nn.Module):
    """`Seq2Seq.encode` as a module's forward, which `functional_call` needs."""

    def __init__(self, model: Seq2Seq):
        super().__init__()
        self.model = model

    def forward(self, source: Source) -> tuple[Memory, State]:
        """What the decoder may look at, and where it starts."""
        return self.model.encode(source)


@dataclass(frozen=True, eq=False)
class Replica:
    """One source and one output in a float64 copy of a model; for one thread.

    Attributes:
        system: the model that was copied.
        reading: the source.
        output: T ids to be scored.
        model: the copy, without its lookups, dropout off.
        vectors: [S, E] the source tokens' input vectors, in reading order.
    """

    system: System
    reading: Reading
    output: tuple[int, ...]
    model: Seq2Seq
    vectors: Tensor

    @property
    def fed(self) -> list[int]:
        """The T ids fed."""
        return [self.system.start, *self.output[:-1]]

    @property
    def mine(self) -> range:
        """Places of the source's own tokens; see `System.own_places`."""
        return self.system.own_places(self.reading)

    def vector(self, index: int) -> Tensor:
        """[E] input vector of any source token."""
        return _look_up(self.system.model.encoder.lookup, [index])[0]

    def encode(self, vectors: Tensor) -> tuple[Memory, State]:
        """Read N sources [N, S, E], all as long as each other and with the usual specials."""
        count, length = vectors.shape[:2]
        rows = torch.arange(count * length).view(count, length).tolist()
        own = self.system
        source = make_source(rows, own.config, own.sequence, own.source_vocab)
        table = {"model.encoder.lookup.table": vectors.flatten(0, 1)}
        return torch.func.functional_call(_Encode(self.model), table, (source,))

    def decode(
        self,
        memory: Memory,
        state: State,
        attend_to: Tensor | None = None,
        count: int | None = None,
    ) -> list[Decoded]:
        """The steps of N variants, one call each, so that each has a graph of its own.

        Args:
            memory: of N sources.
            state: of N sources.
            attend_to: [N, T, S] attention weights to use instead of the model's own, as they are.
            count: how many steps; None for all T.
        """
        steps = []
        for t in range(len(self.output) if count is None else count):
            fed = torch.full((len(memory.states), 1), t)
            given = None if attend_to is None else attend_to[:, t : t + 1]
            steps.append(self.model.decoder(fed, state, memory, given))
            state = steps[-1].state
        return steps

    def log_odds(self, steps: Sequence[Decoded]) -> list[Tensor]:
        """One [N] per step, ln(p / (1 - p)) of its output token."""
        return [
            log_odds(step.logits[:, 0], torch.full((len(step.logits),), index))
            for step, index in zip(steps, self.output, strict=False)
        ]


class ForeignReplica(Replica):
    """The same of a module behind an adapter; in float64 where it is one of PyTorch's modules."""

    def vector(self, index: int) -> Tensor:
        """[E] input vector of any source token."""
        with torch.no_grad():
            return self.model.adapter.embed(torch.tensor([index]))[0].double()  # type: ignore[operator, union-attr]

    def encode(self, vectors: Tensor) -> tuple[Memory, State]:
        """Read N sources [N, S, E]."""
        return self.model.encode_vectors(list(vectors))  # type: ignore[operator]

    def decode(
        self,
        memory: Memory,
        state: State,
        attend_to: Tensor | None = None,
        count: int | None = None,
    ) -> list[Decoded]:
        """The steps of N variants."""
        steps = []
        for t in range(len(self.output) if count is None else count):
            fed = torch.full((len(memory.states), 1), self.fed[t])
            given = None if attend_to is None else attend_to[:, t : t + 1]
            steps.append(self.model.decoder(fed, state, memory, given))
            state = steps[-1].state
        return steps


def _foreign(system: System, reading: Reading, output: Sequence[int]) -> ForeignReplica:
    shared: Any = system.model
    adapter = shared.adapter
    if isinstance(adapter, nn.Module):
        adapter = in_float64(adapter)
    with torch.no_grad():
        vectors = adapter.embed(torch.tensor(reading.ids))
    model: Any = ForeignModel(adapter, shared.config, vectors.dtype)
    return ForeignReplica(system, reading, tuple(output), model, vectors.double())


def replicate(system: System, reading: Reading, output: Sequence[int]) -> Replica:
    """Copy a model for one source and one output; the model may be in any mode and dtype."""
    if isinstance(system.model, ForeignModel):
        return _foreign(system, reading, output)
    shared = system.model
    vectors = _look_up(shared.encoder.lookup, reading.ids)
    fed = _look_up(shared.decoder.lookup, [system.start, *output[:-1]])
    lookups: dict[nn.Module, nn.Module] = {
        shared.encoder.lookup: Given(vectors),
        shared.decoder.lookup: Given(fed),
    }
    model = in_float64(shared, lookups)
    return Replica(system, reading, tuple(output), model, vectors)


def attention_rows(steps: Sequence[Decoded]) -> Array | None:
    """[T, S] weights of the first variant at T single steps; None without attention."""
    rows = [step.attention[0] for step in steps if step.attention is not None]
    return torch.cat(rows).numpy() if rows else None


def _look_up(lookup: nn.Module, ids: Sequence[int]) -> Tensor:
    """[N, E] input vectors of ids, in float64."""
    with torch.no_grad():
        return lookup(torch.tensor(ids), torch.float64).double()

"""The decode loop: rows that write one token a step, each fed the token it wrote last.

Single, batched, sampled and beam decoding run on it; they differ in what they feed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from s2s.decoding.system import System
from s2s.model.batch import make_source
from s2s.model.decoder import Decoded, State


class DecodeLoop:
    """N rows on their way through the decoder.

    ``for t, step in loop`` runs step after step; in between, `feed` says what each row wrote. The
    loop ends when nothing was fed, and after `limit` steps.

    Args:
        system: the model with its vocabularies.
        sources: ids with their specials, one source for each of the rows at the start.
        attend: 0-based step to [N, 1, S] attention weights used instead of the model's own.
        limit: most steps; None for as many as the model may write.

    Attributes:
        limit: most steps.
        memory: what the decoder may look at, of N sources, or of the one that all rows share.
        state: the recurrent state of the N rows before the next step.
    """

    def __init__(
        self,
        system: System,
        sources: Sequence[Sequence[int]],
        attend: Mapping[int, Tensor] | None = None,
        limit: int | None = None,
    ):
        source = make_source(sources, system.config, system.sequence, system.source_vocab)
        self.limit = system.sequence.max_output_length if limit is None else limit
        self.memory, self.state = system.model.encode(source)
        self._decoder = system.model.decoder
        self._attend = attend or {}
        self._fed: Tensor | None = torch.full((len(sources), 1), system.start)

    def start_from(self, state: State) -> None:
        """Before the first step: begin with this state instead, which is also what Peeky sees."""
        self.state = state
        self.memory = replace(self.memory, peek=state.hidden[-1])

    def __iter__(self) -> Iterator[tuple[int, Decoded]]:
        """Each step's number and what the decoder computed, T = 1."""
        for t in range(self.limit):
            if self._fed is None:
                return
            memory = self.memory.expand(len(self._fed))
            step = self._decoder(self._fed, self.state, memory, self._attend.get(t))
            self.state, self._fed = step.state, None
            yield t, step

    def feed(self, ids: Tensor, rows: Tensor | None = None) -> None:
        """Go on with these tokens.

        Args:
            ids: [M] what was written.
            rows: [M] the row that each of them goes on from; None for every row in its place.
        """
        self._fed = ids[:, None]
        if rows is None:
            return
        self.state = self.state.select(rows)
        if len(self.memory.mask) > 1:
            self.memory = self.memory.select(rows)

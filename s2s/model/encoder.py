"""The encoder: source ids to one state per token, in reading order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from s2s.config import ModelConfig, choose
from s2s.model import gru
from s2s.model.batch import Source
from s2s.model.cells import RNNS


def _unchanged(vectors: Tensor) -> Tensor:
    return vectors


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"none": _unchanged, "relu": F.relu}


class Lookup(nn.Module):
    """Token ids to vectors: an embedding or one-hot, then an optional activation."""

    def __init__(self, vocabulary: int, size: int, kind: str, activation: str = "none"):
        super().__init__()
        made: dict[str, Callable[[], tuple[nn.Embedding | None, int]]] = {
            "embedding": lambda: (nn.Embedding(vocabulary, size), size),
            "one_hot": lambda: (None, vocabulary),
        }
        self.vocabulary = vocabulary
        self.activate = choose(ACTIVATIONS, activation, "activation")
        self.embedding, self.size = choose(made, kind, "input")()

    def forward(self, ids: Tensor, dtype: torch.dtype) -> Tensor:
        """[B, S] ids to [B, S, E] vectors; one-hot vectors are made in `dtype`."""
        if self.embedding is None:
            vectors = F.one_hot(ids, self.vocabulary).to(dtype)
        else:
            vectors = self.embedding(ids)
        return self.activate(vectors)


@dataclass(frozen=True, eq=False)
class Encoded:
    """What an encoder returns.

    Attributes:
        states: [B, S, M] top layer, reading order, 0 on padding.
        hidden: [L, B, M] final hidden state of each layer (both ways side by side, or their sum).
        cell: [L, B, M] final cell state of each layer, None unless LSTM.
    """

    states: Tensor
    hidden: Tensor
    cell: Tensor | None


class Encoder(nn.Module):
    """A recurrent encoder; a bidirectional one has two directions, side by side or summed up."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.lookup = Lookup(config.source_vocabulary, config.source_embedding, config.source_input)
        self.dropout = nn.Dropout(config.dropout)
        self.ways = config.ways
        self.sums = config.directions == "sum"
        self.first_states = config.bridge_layer == "first_states"
        self.rnn = choose(RNNS, config.cell, "ModelConfig.cell")(
            self.lookup.size,
            config.way_size,
            num_layers=config.layers,
            batch_first=True,
            bidirectional=config.bidirectional,
            dropout=config.dropout if config.layers > 1 else 0.0,
        )

    def forward(self, source: Source) -> Encoded:
        """Read B sentences; states come back in reading order whatever the reading direction."""
        ids = source.ids if source.order is None else source.ids.gather(1, source.order)
        lengths = source.lengths
        final: Tensor | tuple[Tensor, Tensor]
        if gru.fits(self.rnn, self.lookup.embedding, self.dropout):
            states, final = gru.run(self.rnn, self.lookup, ids, lengths)
        else:
            states, final = self._read(ids, lengths)
        if self.sums:
            states = torch.add(*states.chunk(2, dim=-1))
        if source.order is not None:
            states = states.gather(1, source.order[..., None].expand_as(states))
        hidden, cell = final if isinstance(final, tuple) else (final, None)
        joined = None if cell is None else self._join_ways(cell)
        return Encoded(states, self._join_ways(hidden), joined)

    def _read(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor | tuple[Tensor, Tensor]]:
        """States [B, S, ways * H] in the order read, 0 on padding, and the module's final state."""
        vectors = self.dropout(self.lookup(ids, next(self.rnn.parameters()).dtype))  # [B, S, E]
        if bool((lengths == ids.shape[1]).all()):
            return self.rnn(vectors)
        packed = pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=False)
        output, final = self.rnn(packed)
        states, _ = pad_packed_sequence(output, batch_first=True, total_length=ids.shape[1])
        return states, final

    def _join_ways(self, state: Tensor) -> Tensor:
        """[L * ways, B, M / ways] to [L, B, M]."""
        if self.ways == 1:
            return state
        layers, batch, size = state.shape[0] // 2, state.shape[1], state.shape[2]
        if self.first_states:  # of layer 0 forward, layer 0 backward, layer 1 forward and so on
            return state[:layers]
        pairs = state.view(layers, 2, batch, size)
        if self.sums:
            return pairs.sum(1)
        return torch.cat([pairs[:, 0], pairs[:, 1]], dim=-1)

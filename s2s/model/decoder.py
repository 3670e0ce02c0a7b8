"""The decoder: one signature with and without attention, for one step and for many.

There is no input feeding, so under teacher forcing all T steps go through one fused call; decoding
calls the same code with T = 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from s2s.config import ModelConfig, choose
from s2s.model import gru
from s2s.model.attention import attend, attention_of
from s2s.model.cells import RNNS
from s2s.model.encoder import Lookup

# (hidden [L, B, H], cell [L, B, H] or None)
State = tuple[Tensor, Tensor | None]


@dataclass(frozen=True, eq=False)
class Memory:
    """What the decoder may look at: computed once per sentence, passed on, never stored.

    Attributes:
        states: [B, S, H] encoder states in reading order.
        keys: [B, S, H] what the score compares with; None without attention.
        mask: [B, S] True on real tokens.
        peek: [B, H] the top layer of the initial decoder state, which Peeky sees at every step.
    """

    states: Tensor
    keys: Tensor | None
    mask: Tensor
    peek: Tensor

    def select(self, rows: Tensor) -> Memory:
        """Of the rows with these numbers ([M], whole numbers)."""
        return self._each(lambda part: part.index_select(0, rows))

    def expand(self, count: int) -> Memory:
        """One sentence for `count` rows, as views; what is of `count` rows already stays so."""
        if len(self.mask) == count:
            return self
        return self._each(lambda part: part.expand(count, *part.shape[1:]))

    def _each(self, change: Callable[[Tensor], Tensor]) -> Memory:
        keys = None if self.keys is None else change(self.keys)
        return Memory(change(self.states), keys, change(self.mask), change(self.peek))


@dataclass(frozen=True, eq=False)
class Decoded:
    """What T decoder steps computed.

    Attributes:
        logits: [B, T, V].
        states: [B, T, H] top-layer decoder states.
        state: the recurrent state after the last step.
        context: [B, T, H], None without attention; likewise the next three.
        scores: [B, T, S] before the softmax.
        attention: [B, T, S] the weights that made the context.
        empty: [B, T] weight on empty slots, None without slots.
    """

    logits: Tensor
    states: Tensor
    state: State
    context: Tensor | None = None
    scores: Tensor | None = None
    attention: Tensor | None = None
    empty: Tensor | None = None


class Decoder(nn.Module):
    """A recurrent decoder with optional attention (Luong et al. 2015) and Peeky inputs."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        hidden = config.hidden
        self.peeks = config.peeks
        self.slots = config.attention_slots
        self.lookup = Lookup(
            config.target_vocabulary,
            config.target_embedding,
            config.target_input,
            config.target_activation,
        )
        self.dropout = nn.Dropout(config.dropout)
        self.rnn = choose(RNNS, config.cell, "ModelConfig.cell")(
            self.lookup.size + (hidden if "cell" in self.peeks else 0),
            hidden,
            num_layers=config.layers,
            batch_first=True,
            dropout=config.dropout if config.layers > 1 else 0.0,
        )
        self.attention = attention_of(config)
        self.attentional = (
            nn.Linear(2 * hidden, hidden)
            if config.has_attention and config.attentional_layer
            else None
        )
        width = 2 * hidden if config.has_attention and not config.attentional_layer else hidden
        if "output" in self.peeks:
            width += hidden
        self.output = nn.Linear(width, config.target_vocabulary)

    def forward(
        self, fed: Tensor, state: State, memory: Memory, attend_to: Tensor | None = None
    ) -> Decoded:
        """Run T steps.

        Args:
            fed: [B, T] token ids.
            state: recurrent state before the first step.
            memory: what the decoder may look at.
            attend_to: [B, T, S] attention weights to use instead of the model's own; a row of
                NaN leaves that step alone.
        """
        hidden, cell = state
        peek = memory.peek[:, None].expand(-1, fed.shape[1], -1)  # [B, T, H]
        if not self.peeks and gru.fits(self.rnn, self.lookup.embedding, self.dropout):
            states, final = gru.run(self.rnn, self.lookup, fed, hidden=hidden)
        else:
            inputs = self.dropout(self.lookup(fed, self.output.weight.dtype))  # [B, T, E]
            if "cell" in self.peeks:
                inputs = torch.cat([peek, inputs], dim=-1)  # [B, T, H + E]
            states, final = self.rnn(inputs, hidden if cell is None else (hidden, cell))
        state = final if isinstance(final, tuple) else (final, None)

        if self.attention is None:
            return Decoded(self._logits(states, peek), states, state)
        assert memory.keys is not None  # they are made wherever there is attention
        scores = self.attention.score(states, memory.keys)  # [B, T, S]
        looked = attend(scores, memory.states, memory.mask, self.slots, attend_to)
        combined = torch.cat([looked.context, states], dim=-1)  # [B, T, 2H], context first
        if self.attentional is not None:
            combined = torch.tanh(self.attentional(combined))  # [B, T, H], Luong 2015 eq. 5
        return Decoded(
            self._logits(combined, peek),
            states,
            state,
            looked.context,
            looked.scores,
            looked.weights,
            looked.empty,
        )

    def _logits(self, features: Tensor, peek: Tensor) -> Tensor:
        """[B, T, V]."""
        if "output" in self.peeks:
            features = torch.cat([peek, features], dim=-1)
        return self.output(features)

"""The decoder: one signature with and without attention, for one step and for many.

Where no step needs more of the one before it than its recurrent state, all T steps of teacher
forcing go through one fused call; else, and in decoding, the same code runs with T = 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.config import ModelConfig, choose
from s2s.model import gru
from s2s.model.attend import Attended, attend
from s2s.model.attention import attention_of
from s2s.model.cells import RNNS
from s2s.model.encoder import Lookup


class State(NamedTuple):
    """What one step hands to the next.

    Attributes:
        hidden: [L, B, H].
        cell: [L, B, H], None unless LSTM.
        attentional: [B, H] the last step's attentional state; None unless it joins the input.
    """

    hidden: Tensor
    cell: Tensor | None
    attentional: Tensor | None = None

    def select(self, rows: Tensor) -> State:
        """Of the rows with these numbers ([M], whole numbers)."""
        return self._each(lambda part, axis: part.index_select(axis, rows))

    def repeat(self, count: int) -> State:
        """One sentence's for `count` rows."""
        return self._each(lambda part, axis: part.repeat_interleave(count, axis))

    def _each(self, change: Callable[[Tensor, int], Tensor]) -> State:
        cell = None if self.cell is None else change(self.cell, 1)
        attentional = None if self.attentional is None else change(self.attentional, 0)
        return State(change(self.hidden, 1), cell, attentional)


@dataclass(frozen=True, eq=False)
class Memory:
    """What the decoder may look at: computed once per sentence, passed on, never stored.

    Attributes:
        states: [B, S, M] encoder states in reading order.
        keys: [B, S, …] what the score compares with; None without attention.
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
        state: what the step after the last one goes on from.
        context: [B, T, M], None without attention; likewise the next three.
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


def joined(steps: Sequence[Decoded]) -> Decoded:
    """Steps that were computed one after the other, as one."""

    def column(name: str) -> Tensor | None:
        values = [getattr(step, name) for step in steps]
        return None if values[0] is None else torch.cat(values, dim=1)

    logits, states = (torch.cat([getattr(s, n) for s in steps], 1) for n in ("logits", "states"))
    looked = (column(name) for name in ("context", "scores", "attention", "empty"))
    return Decoded(logits, states, steps[-1].state, *looked)


class Decoder(nn.Module):
    """A recurrent decoder with optional attention (Luong et al. 2015, or Bahdanau et al. 2015).

    Its cell reads [s_0; c; s̃; x] and its output layer [s_0; c; s; x], or s̃ in place of [c; s]:
    of each, the parts that the configuration names.
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.lookup = Lookup(
            config.target_vocabulary,
            config.target_embedding,
            config.target_input,
            config.target_activation,
        )
        self.dropout = nn.Dropout(config.dropout)
        hidden, memory = config.hidden, config.encoder_size
        looks = config.has_attention
        width = self.lookup.size + hidden * (("cell" in config.peeks) + config.input_feeding)
        if looks and "cell" in config.context_readers:
            width += memory
        self.input = nn.Linear(width, hidden) if config.input_layer else None
        self.rnn = choose(RNNS, config.cell, "ModelConfig.cell")(
            hidden if config.input_layer else width,
            hidden,
            num_layers=config.layers,
            batch_first=True,
            dropout=config.dropout if config.layers > 1 else 0.0,
        )
        self.attention = attention_of(config)
        layer = looks and config.attentional_layer
        self.attentional = nn.Linear(memory + hidden, hidden) if layer else None
        width = hidden * (1 + ("output" in config.peeks))
        if looks and not layer and "output" in config.context_readers:
            width += memory
        if config.embedding_into_output:
            width += self.lookup.size
        self.output = nn.Linear(width, config.target_vocabulary)

    def forward(
        self, fed: Tensor, state: State, memory: Memory, attend_to: Tensor | None = None
    ) -> Decoded:
        """Run T steps.

        Args:
            fed: [B, T] token ids.
            state: what the first step goes on from.
            memory: what the decoder may look at.
            attend_to: [B, T, S] attention weights to use instead of the model's own; a row of
                NaN leaves that step alone.
        """
        if not self.config.stepwise or fed.shape[1] == 1:
            return self._run(fed, state, memory, attend_to)
        steps: list[Decoded] = []
        for t in range(fed.shape[1]):
            given = None if attend_to is None else attend_to[:, t : t + 1]
            steps.append(self._run(fed[:, t : t + 1], state, memory, given))
            state = steps[-1].state
        return joined(steps)

    def _run(
        self, fed: Tensor, state: State, memory: Memory, attend_to: Tensor | None
    ) -> Decoded:  # fmt: skip
        """The steps in one call."""
        config, looked = self.config, None
        peek = memory.peek[:, None].expand(-1, fed.shape[1], -1)  # [B, T, H]
        before: list[Tensor] = [peek] if "cell" in config.peeks else []
        fast = self._fast()
        vectors = None if fast is not None else self._vectors(fed)
        if self.attention is not None and config.query == "previous":
            looked = self._look(state.hidden[-1][:, None], vectors, memory, attend_to)
            before += [looked.context] if "cell" in config.context_readers else []
        if state.attentional is not None:
            before.append(state.attentional[:, None])

        if fast is not None:
            states, final = gru.run(fast, self.lookup, fed, hidden=state.hidden)
        else:
            assert vectors is not None
            inputs = torch.cat([*before, vectors], dim=-1) if before else vectors
            if self.input is not None:
                inputs = F.relu(self.input(inputs))
            start = state.hidden if state.cell is None else (state.hidden, state.cell)
            states, final = self.rnn(inputs, start)
        hidden, cell = final if isinstance(final, tuple) else (final, None)

        if self.attention is not None and looked is None:
            looked = self._look(states, vectors, memory, attend_to)
        features, fed_on = states, None
        if looked is not None and "output" in config.context_readers:
            features = torch.cat([looked.context, states], dim=-1)  # [B, T, M + H], context first
            if self.attentional is not None:
                features = torch.tanh(self.attentional(features))  # [B, T, H], Luong 2015 eq. 5
                fed_on = features[:, -1] if config.input_feeding else None
        logits = self._logits(features, peek, vectors)
        found = State(hidden, cell, fed_on)
        if looked is None:
            return Decoded(logits, states, found)
        return Decoded(
            logits, states, found, looked.context, looked.scores, looked.weights, looked.empty
        )

    def _fast(self) -> nn.GRU | None:
        """The cell, where there is a fast way to train it: it alone reads x, and x alone."""
        config, rnn = self.config, self.rnn
        shared = config.embedding_into_query or config.embedding_into_output
        if config.peeks or config.stepwise or shared:
            return None
        return rnn if gru.fits(rnn, self.lookup.embedding, self.dropout) else None

    def _vectors(self, fed: Tensor) -> Tensor:
        """[B, T, E] what is fed of each token."""
        return self.dropout(self.lookup(fed, self.output.weight.dtype))

    def _look(
        self, queries: Tensor, vectors: Tensor | None, memory: Memory, attend_to: Tensor | None
    ) -> Attended:
        """Attention of decoder states [B, T, H], with the fed tokens' vectors where it asks so."""
        assert self.attention is not None and memory.keys is not None  # they are made together
        if self.config.embedding_into_query:
            assert vectors is not None  # only a cell that reads x alone goes without
            queries = torch.cat([queries, vectors], dim=-1)  # [B, T, Q]
        slots, vacant = self.config.attention_slots, None
        if slots is not None:
            vacant = self.attention.vacant(queries, memory.mask, slots)
        scores = self.attention.score(queries, memory.keys)  # [B, T, S]
        return attend(scores, memory.states, memory.mask, vacant, attend_to)

    def _logits(self, features: Tensor, peek: Tensor, vectors: Tensor | None) -> Tensor:
        """[B, T, V]."""
        parts = [peek] if "output" in self.config.peeks else []
        parts.append(features)
        if self.config.embedding_into_output:
            assert vectors is not None  # as above
            parts.append(vectors)
        return self.output(torch.cat(parts, dim=-1) if len(parts) > 1 else features)

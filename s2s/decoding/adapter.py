"""Anybody's module as a system: three methods, and it translates, searches and is looked into.

The decode loop asks a model for `encode` and a decoder for one step. `ForeignModel` answers both
with what an `Adapter` computes, row by row, so that every way of decoding works as it is. What
takes a model's own parts apart (its cells, its score) refuses by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from s2s.config import NO_ATTENTION, ModelConfig, SequenceConfig
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.model.batch import Source, length_mask
from s2s.model.decoder import Decoded, Memory
from s2s.text.language import N_, later
from s2s.text.vocab import Vocab

OWN = "its own"
"""What a foreign model's cell and attention are called."""


class Adapter(Protocol):
    """What a module must be able to do. One sentence at a time; S source tokens, V target words."""

    def embed(self, ids: Tensor) -> Tensor:
        """[S, E] input vectors of source ids [S]."""

    def encode(self, vectors: Tensor) -> tuple[Tensor, Any]:
        """Encoder states [S, M] of input vectors [S, E], and the decoder's first state."""

    def step(self, token: int, state: Any, memory: Tensor) -> tuple[Tensor, Tensor | None, Any]:
        """Logits [V], weights over the source [S] or None, and the next state.

        Args:
            token: the id that is fed.
            state: what the step before returned last.
            memory: [S, M] encoder states.
        """


class StateAdapter(Adapter, Protocol):
    """An adapter that also runs the module state by state: it gives hidden-state gradients."""

    def step_states(self, vectors: Tensor, fed: Tensor, touch: Any) -> Tensor:
        """Logits [T, V] of fed ids [T], the same function as `encode` and `step`.

        Every hidden state h goes through `touch` once it is computed and before anything reads it:
        ``h = touch.encoder(s, h)`` at source token s, ``h = touch.first(h)`` before the decoder's
        first step, ``h = touch.decoder(t, h)`` after the fed token t.

        Args:
            vectors: [S, E].
            fed: [T].
            touch: a `s2s.probes.foreign_states.Passed`.
        """


@dataclass(frozen=True, eq=False)
class Rows:
    """The states of N rows, as the adapter made them.

    Attributes:
        states: N of them.
    """

    states: tuple[Any, ...]

    @property
    def hidden(self) -> Tensor:
        """[1, N, H] the numbers of each state's top layer."""
        return torch.stack([vector(state) for state in self.states])[None]

    def select(self, rows: Tensor) -> Rows:
        """Of the rows with these numbers."""
        return Rows(tuple(self.states[row] for row in rows.tolist()))

    def repeat(self, count: int) -> Rows:
        """One sentence's for `count` rows."""
        return Rows(tuple(state for state in self.states for _ in range(count)))


def vector(state: Any) -> Tensor:
    """[H] the top layer of a state: the last row of its first tensor.

    Raises:
        UserError: there is no tensor in it.
    """
    while isinstance(state, tuple | list) and state:
        state = state[0]
    if not isinstance(state, Tensor) or not state.dim():
        raise UserError(
            later("A state must be a tensor or begin with one, not {kind}.",
                  kind=type(state).__name__)
        )  # fmt: skip
    return state.reshape(-1, state.shape[-1])[-1]


class ForeignDecoder:
    """One step of N rows."""

    attention = None

    def __init__(self, adapter: Adapter, dtype: torch.dtype):
        self.adapter = adapter
        # What is asked of our own decoder's parts: which cells it has, and its type of numbers.
        self.rnn = nn.Identity()
        self.output = SimpleNamespace(weight=torch.zeros(0, dtype=dtype))

    def __call__(
        self, fed: Tensor, state: Rows, memory: Memory, attend_to: Tensor | None = None
    ) -> Decoded:
        """As `s2s.model.decoder.Decoder`, T = 1.

        Raises:
            UserError: weights are given, or what the adapter returns has another shape.
        """
        if attend_to is not None:
            raise UserError(later("A module behind an adapter cannot be given attention weights."))
        logits, weights, after = [], [], []
        size = memory.mask.shape[1]
        for row, token in enumerate(fed[:, 0].tolist()):
            at = row if len(memory.mask) > 1 else 0
            length = int(memory.mask[at].sum())
            made = self.adapter.step(token, state.states[row], memory.states[at, :length])
            if not isinstance(made, tuple) or len(made) != 3:
                raise UserError(
                    later("step must return logits, weights or None, and the next state.")
                )
            logits.append(_shaped(made[0], N_("step's logits"), (-1,)))
            if made[1] is not None:
                own = _shaped(made[1], N_("step's weights"), (length,))
                weights.append(nn.functional.pad(own, (0, size - length)))
            after.append(made[2])
        rows = Rows(tuple(after))
        attention = torch.stack(weights)[:, None] if weights else None  # [N, 1, S]
        context = None if attention is None else attention @ memory.states
        return Decoded(
            torch.stack(logits)[:, None], rows.hidden[0][:, None], rows,  # type: ignore[arg-type]
            context, None, attention,
        )  # fmt: skip


class ForeignModel:
    """What stands where our own model stands."""

    def __init__(self, adapter: Adapter, config: ModelConfig, dtype: torch.dtype):
        self.adapter, self.config, self.dtype = adapter, config, dtype
        self.encoder = SimpleNamespace(rnn=nn.Identity())
        self.decoder = ForeignDecoder(adapter, dtype)

    def encode(self, source: Source) -> tuple[Memory, Rows]:
        """Read B sentences, one after the other."""
        return self.encode_vectors([
            self.adapter.embed(ids[: int(n)])
            for ids, n in zip(source.ids, source.lengths, strict=True)
        ])  # fmt: skip

    def encode_vectors(self, sentences: Sequence[Tensor]) -> tuple[Memory, Rows]:
        """The same from input vectors [S, E]."""
        memories, states = [], []
        for vectors in sentences:
            made = self.adapter.encode(vectors.to(self.dtype))
            if not isinstance(made, tuple) or len(made) != 2:
                raise UserError(later("encode must return the encoder states and the first state."))
            memories.append(_shaped(made[0], N_("encode's states"), (len(vectors), -1)))
            states.append(made[1])
        lengths = torch.tensor([len(memory) for memory in memories])
        padded = nn.utils.rnn.pad_sequence(memories, batch_first=True)
        rows = Rows(tuple(states))
        mask = length_mask(lengths, padded.shape[1])
        return Memory(padded, padded, mask, rows.hidden[0]), rows


def _shaped(made: Any, what: str, shape: tuple[int, ...]) -> Tensor:
    """A tensor with axes of length 1 taken off; UserError where it is of another shape."""
    if not isinstance(made, Tensor):
        raise UserError(
            later("{what} must be a tensor; they are a {kind}.", what=later(what),
                  kind=type(made).__name__)
        )  # fmt: skip
    flat = made.reshape(-1) if len(shape) == 1 else made.reshape(-1, made.shape[-1])
    if shape[0] not in (-1, len(flat)):
        raise UserError(
            later("{what} must be a tensor of {n} rows; they are of shape {shape}.",
                  what=later(what), n=shape[0], shape=str(tuple(made.shape)))
        )  # fmt: skip
    return flat


def adapt(
    adapter: Adapter,
    source: Sequence[str],
    target: Sequence[str],
    start: int,
    end: int,
    source_end: int | None = None,
    unknown: int | None = None,
    longest: int = 80,
    name: str = "own/module",
) -> Translator:
    """A module as a system that translates, searches and explains itself.

    Args:
        adapter: embeds, encodes and takes a step; see `Adapter`.
        source: source words by id; a typed text is split at blanks.
        target: target words by id.
        start: id of the target word that is fed first.
        end: id of the target word that ends an answer.
        source_end: id of the source word that is read last, where there is one.
        unknown: id of the source word that stands for unknown ones.
        longest: most words read or written.
        name: what it is called in results.

    Raises:
        UserError: for ids that are no words, or methods that return something else.
    """
    missing = [m for m in ("embed", "encode", "step") if not callable(getattr(adapter, m, None))]
    if missing:
        raise UserError(
            later("The adapter lacks {names}; see s2s.decoding.adapter.Adapter.",
                  names=tuple(missing))
        )  # fmt: skip
    words = Vocab(tuple(source), eos=source_end, unk=unknown)
    answers = Vocab(tuple(target), bos=start, eos=end)
    sequence = SequenceConfig(
        source_normaliser="verbatim", target_normaliser="verbatim",
        source_eos=source_end is not None, start_token=answers.tokens[start],
        max_source_length=longest, max_output_length=longest, weights_dtype="float32",
    )  # fmt: skip
    with torch.no_grad():
        vectors = adapter.embed(torch.tensor([0]))
        memory, state = adapter.encode(vectors)
        weights = adapter.step(start, state, memory)[1]
    sizes = {"source_vocabulary": len(words), "target_vocabulary": len(answers), "cell": OWN}
    config = ModelConfig(**sizes, attention=NO_ATTENTION if weights is None else OWN)  # type: ignore[arg-type]
    model: Any = ForeignModel(adapter, config, vectors.dtype)
    return Translator(name, name.split("/")[0], model, sequence, words, answers)

"""The model family unrolled: one sentence, one recurrent step at a time, in float64.

Written from the equations on PyTorch's RNN, GRU and LSTM pages, because a fused ``nn.LSTM`` call
hides the states between its steps: differentiating its output tensor misses the recurrence.
S source tokens, T output tokens, H hidden units, V vocabulary, L layers, G gates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from s2s.model.attention import Attention, attend
from s2s.probes.sentence import Layer, Sentence, StateGradients

# h [H], and c [H] or None.
State = tuple[Tensor, Tensor | None]


def from_state(h: Tensor, layer: Layer) -> Tensor:
    """[G * H] W_hh h + b_hh; unlike ``@`` this is fast with many gradients at once."""
    return torch.nn.functional.linear(h, layer.hh, layer.bias_hh)


def rnn_cell(from_input: Tensor, h: Tensor, c: Tensor | None, layer: Layer) -> State:
    """State h' = tanh(W_ih x + b_ih + W_hh h + b_hh)."""
    return torch.tanh(from_input + from_state(h, layer)), None


def gru_cell(from_input: Tensor, h: Tensor, c: Tensor | None, layer: Layer) -> State:
    """Gates r, z, n; b_hn stands inside r * ( ); h' = (1 - z) * n + z * h."""
    r_x, z_x, n_x = from_input.chunk(3)
    r_h, z_h, n_h = from_state(h, layer).chunk(3)
    r, z = torch.sigmoid(r_x + r_h), torch.sigmoid(z_x + z_h)
    n = torch.tanh(n_x + r * n_h)
    return (1 - z) * n + z * h, None


def lstm_cell(from_input: Tensor, h: Tensor, c: Tensor | None, layer: Layer) -> State:
    """Gates i, f, g, o; c' = f * c + i * g; h' = o * tanh(c')."""
    assert c is not None  # an LSTM starts with one
    i, f, g, o = (from_input + from_state(h, layer)).chunk(4)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


# (W_ih x + b_ih [G * H], h [H], c [H] or None, layer) to (h', c').
CELLS: dict[str, Callable[[Tensor, Tensor, Tensor | None, Layer], State]] = {
    "rnn": rnn_cell,
    "gru": gru_cell,
    "lstm": lstm_cell,
}


@dataclass(frozen=True, eq=False)
class Nudges:
    """Zeros to be added to the states of one layer, so that they can be differentiated.

    Attributes:
        kind: ``hidden`` or ``cell``.
        layer: 0-based.
        encoder: S of [H], in reading order.
        decoder: T of [H].
        initial: [H], the decoder's state before its first step.
    """

    kind: str
    layer: int
    encoder: Sequence[Tensor]
    decoder: Sequence[Tensor]
    initial: Tensor

    def add(self, h: Tensor, c: Tensor | None, nudge: Tensor) -> State:
        """(h, c) after a step, before anything reads them, with one of them nudged."""
        if self.kind == "hidden":
            return h + nudge, c
        assert c is not None  # only an LSTM is asked for its cell states
        return h, c + nudge


def run_layer(
    kind: str,
    layer: Layer,
    inputs: Tensor,
    state: State,
    steps: Sequence[int],
    nudge: Callable[[Tensor, Tensor | None, int], State] | None,
) -> tuple[Tensor, State]:
    """Run one layer over its inputs [N, I] in the order of `steps`.

    Returns:
        [N, H] hidden states in the order of the inputs, and the state after the last step.
    """
    from_input = inputs @ layer.ih.T + layer.bias_ih  # [N, G * H]
    outputs: list[Tensor] = [inputs] * len(inputs)
    h, c = state
    for step in steps:
        h, c = CELLS[kind](from_input[step], h, c, layer)
        if nudge is not None:
            h, c = nudge(h, c, step)
        outputs[step] = h
    return torch.stack(outputs), (h, c)


def run(sentence: Sentence, nudges: Nudges) -> Tensor:
    """[T] log odds ln(p_t / (1 - p_t)) of the target tokens."""
    memory, queries, peek = states(sentence, nudges)
    return log_odds(logits(sentence, queries, memory, peek), sentence.target)


def states(sentence: Sentence, nudges: Nudges | None) -> tuple[Tensor, Tensor, Tensor]:
    """[S, H] and [T, H] top states of encoder and decoder, and the decoder's first one [H]."""
    memory, hidden, cell = _encode(sentence, nudges)
    config = sentence.config
    vectors = sentence.fed
    peek = hidden[-1]
    if "cell" in config.peeks:
        vectors = torch.cat([peek.expand(len(vectors), -1), vectors], dim=-1)  # [T, H + E]
    for number in range(config.layers):
        nudge = None
        if nudges is not None and number == nudges.layer:

            def nudge(h: Tensor, c: Tensor | None, step: int) -> State:
                return nudges.add(h, c, nudges.decoder[step])

        vectors, _ = run_layer(
            sentence.cell, sentence.layer("decoder", number), vectors,
            (hidden[number], cell[number]), range(len(vectors)), nudge,
        )  # fmt: skip
    return memory, vectors, peek


def _encode(
    sentence: Sentence, nudges: Nudges | None
) -> tuple[Tensor, list[Tensor], list[Tensor | None]]:
    """[S, H] top-layer states in reading order; L hidden and cell states for the decoder."""
    config, places = sentence.config, sentence.places
    ways = 2 if config.bidirectional else 1
    size = config.hidden // ways
    vectors, count = sentence.source, len(places)
    hidden, cell = [], []
    for number in range(config.layers):
        sides, ends = [], []
        for way in range(ways):
            part = slice(way * size, (way + 1) * size)
            nudge = None
            if nudges is not None and number == nudges.layer:

                def nudge(h: Tensor, c: Tensor | None, step: int, part: slice = part) -> State:
                    return nudges.add(h, c, nudges.encoder[places[step]][part])

            zero = vectors.new_zeros(size)
            outputs, end = run_layer(
                sentence.cell, sentence.layer("encoder", number, way == 1), vectors,
                (zero, zero if sentence.cell == "lstm" else None),
                range(count - 1, -1, -1) if way else range(count), nudge,
            )  # fmt: skip
            sides.append(outputs)
            ends.append(end)
        vectors = torch.cat(sides, dim=-1)  # [S, H]
        h, c = bridge(sentence, *joined(ends))
        if nudges is not None and number == nudges.layer:
            h, c = nudges.add(h, c, nudges.initial)
        hidden.append(h)
        cell.append(c)
    back = torch.tensor(places).argsort()
    return vectors[back], hidden, cell


def joined(ends: Sequence[State]) -> State:
    """The last states of one or two directions side by side."""
    cells = [c for _, c in ends if c is not None]
    return torch.cat([h for h, _ in ends]), torch.cat(cells) if cells else None


def bridge(sentence: Sentence, h: Tensor, c: Tensor | None) -> State:
    """A layer's last encoder state [H] to its first decoder state (Bahdanau 2015, A.2.2)."""
    config = sentence.config
    if config.bidirectional:
        h = torch.tanh(sentence.linear("bridge.hidden", h))
    if c is None:
        return h, None
    if not config.carries_cell:
        return h, torch.zeros_like(c)
    return h, torch.tanh(sentence.linear("bridge.cell", c)) if config.bidirectional else c


def look(sentence: Sentence, attention: Attention, queries: Tensor, memory: Tensor) -> Tensor:
    """[T, H] contexts of decoder states [T, H] and encoder states [S, H], by the model's own."""
    queries, memory = queries[None], memory[None]
    scores = attention.score(queries, attention.keys(memory))  # [1, T, S]
    every = torch.ones(1, memory.shape[1], dtype=torch.bool)
    return attend(scores, memory, every, sentence.config.attention_slots).context[0]


def logits(sentence: Sentence, queries: Tensor, memory: Tensor, peek: Tensor) -> Tensor:
    """[T, V] from decoder states [T, H], encoder states [S, H] and the first state [H]."""
    config, features = sentence.config, queries
    if sentence.attention is not None:
        context = look(sentence, sentence.attention, queries, memory)  # [T, H]
        features = torch.cat([context, queries], dim=-1)  # [T, 2H], context first
        if config.attentional_layer:
            features = torch.tanh(sentence.linear("decoder.attentional", features))  # [T, H]
    if "output" in config.peeks:
        features = torch.cat([peek.expand(len(features), -1), features], dim=-1)
    return sentence.linear("decoder.output", features)


def log_odds(found: Tensor, target: Tensor) -> Tensor:
    """[T] ln(p / (1 - p)) of the targets, from logits [T, V].

    The others' logits are summed without the target's, so nothing cancels as p goes to 1.
    """
    own = target[:, None]
    others = found.scatter(1, own, -math.inf)
    return found.gather(1, own)[:, 0] - torch.logsumexp(others, dim=-1)


def by_autograd(sentence: Sentence, state: str, layer: int) -> StateGradients:
    """All T gradients of any model of the family, by PyTorch through the unrolled steps."""
    size = sentence.config.hidden
    steps, source = len(sentence.target), len(sentence.places)

    def zeros(count: int) -> list[Tensor]:
        return [torch.zeros(size, dtype=torch.float64, requires_grad=True) for _ in range(count)]

    nudges = Nudges(state, layer, zeros(source), zeros(steps), *zeros(1))
    with torch.enable_grad():
        odds = run(sentence, nudges)  # [T]
    inputs = [*nudges.encoder, *nudges.decoder, nudges.initial]
    rows = torch.autograd.grad(
        odds, inputs, -torch.eye(steps, dtype=torch.float64), is_grads_batched=True,
        allow_unused=True,
    )  # fmt: skip
    none = torch.zeros(steps, size, dtype=torch.float64)
    columns = torch.stack([none if row is None else row for row in rows], dim=1).numpy()
    return StateGradients(
        columns[:, :source], columns[:, source:-1], columns[:, -1], odds.detach().numpy()
    )

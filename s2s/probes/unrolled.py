"""The model family unrolled: one sentence, one recurrent step at a time, in float64.

Written from the equations, because a fused ``nn.LSTM`` call hides the states between its steps:
differentiating its output tensor misses the recurrence.
S source tokens, T output tokens, H hidden units, V vocabulary, L layers, G gates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from s2s.model.attend import attend
from s2s.probes.cell_steps import State, run_layer
from s2s.probes.sentence import Sentence, StateGradients
from s2s.probes.touch import Nudges, Touch
from s2s.results import Array


def run(sentence: Sentence, touch: Touch) -> Tensor:
    """[T] log odds ln(p_t / (1 - p_t)) of the target tokens."""
    memory, hidden, cell = encode(sentence, touch)
    return log_odds(decode(sentence, memory, hidden, cell, touch).logits, sentence.target)


def encode(
    sentence: Sentence, touch: Touch | None = None
) -> tuple[Tensor, list[Tensor], list[Tensor | None]]:
    """[S, M] top-layer states in reading order; L hidden and cell states for the decoder."""
    config, places = sentence.config, sentence.places
    size = config.way_size
    vectors, count = sentence.source, len(places)
    ends: list[list[State]] = []
    for number in range(config.layers):
        sides: list[Tensor] = []
        ends.append([])
        for way in range(config.ways):
            part = slice(way * size, (way + 1) * size)
            change = None
            if touch is not None:

                def change(
                    h: Tensor, c: Tensor | None, step: int, number: int = number, part: slice = part
                ) -> State:
                    return touch.encoder_state(number, part, places[step], h, c)

            zero = vectors.new_zeros(size)
            outputs, end = run_layer(
                sentence.cell, sentence.layer("encoder", number, way == 1), vectors,
                (zero, zero if sentence.cell == "lstm" else None),
                range(count - 1, -1, -1) if way else range(count), change,
            )  # fmt: skip
            sides.append(outputs)
            ends[-1].append(end)
        vectors = torch.cat(sides, dim=-1)  # [S, ways * way size]
    starts = first_states(sentence, ends)
    if touch is not None:
        starts = [touch.first_state(number, *start) for number, start in enumerate(starts)]
    back = torch.tensor(places).argsort()
    hidden, cell = zip(*starts, strict=True)
    return one_state(sentence, vectors)[back], list(hidden), list(cell)


def one_state(sentence: Sentence, vectors: Tensor) -> Tensor:
    """The states of both ways, side by side [..., ways * way size], as they are read [..., M]."""
    if sentence.config.directions == "concat":
        return vectors
    return torch.add(*vectors.chunk(2, dim=-1))


def joined(ends: Sequence[State]) -> State:
    """The last states of one or two directions side by side."""
    cells = [c for _, c in ends if c is not None]
    return torch.cat([h for h, _ in ends]), torch.cat(cells) if cells else None


def first_states(sentence: Sentence, ends: Sequence[Sequence[State]]) -> list[State]:
    """L first decoder states from the L layers' last encoder states, one per way."""
    config = sentence.config
    if config.bridge_layer == "first_states":
        every = [end for ways in ends for end in ways]
        return [_bridge(sentence, *end) for end in every[: len(ends)]]
    found = []
    for ways in [ends[-1]] * len(ends) if config.bridge_from == "top" else ends:
        h, c = joined(ways)
        c = None if c is None else one_state(sentence, c)
        found.append(_bridge(sentence, one_state(sentence, h), c))
    return found


def _bridge(sentence: Sentence, h: Tensor, c: Tensor | None) -> State:
    """A layer's last encoder state [M] to its first decoder state (Bahdanau 2015, A.2.2)."""
    config = sentence.config

    def through(name: str, state: Tensor) -> Tensor:
        if not config.has_bridge_layer:
            return state
        made = sentence.linear(name, state)
        return made if config.bridge_layer == "linear" else torch.tanh(made)

    h = h.new_zeros(config.hidden) if config.bridge == "nothing" else through("bridge.hidden", h)
    if c is None:
        return h, None
    if config.bridge == "hidden_as_both":
        return h, h
    return h, through("bridge.cell", c) if config.carries_cell else torch.zeros_like(h)


class Steps(NamedTuple):
    """What T decoder steps made.

    Attributes:
        inputs: [T, I] what the lowest layer read.
        logits: [T, V].
    """

    inputs: Tensor
    logits: Tensor


def decode(
    sentence: Sentence, memory: Tensor, hidden: Sequence[Tensor], cell: Sequence[Tensor | None],
    touch: Touch | None = None,
) -> Steps:  # fmt: skip
    """All steps of the decoder, the fed tokens fixed.

    Args:
        sentence: weights and fed tokens.
        memory: [S, M] encoder states in reading order.
        hidden: L of [H], the first states.
        cell: L of [H] or None.
        touch: changes its states.
    """
    config, fed, peek = sentence.config, sentence.fed, hidden[-1]
    if not config.stepwise:
        inputs = _input(sentence, fed, peek, None, None)
        vectors = inputs
        for number in range(config.layers):
            vectors, _ = _decoder_layer(
                sentence, number, vectors, (hidden[number], cell[number]), 0, touch
            )
        context = None
        if sentence.attention is not None:
            context = look(sentence, vectors, fed, memory)  # [T, M]
        return Steps(inputs, _logits(sentence, vectors, fed, peek, context)[0])
    state = list(zip(hidden, cell, strict=True))
    attentional = torch.zeros_like(peek)[None] if config.input_feeding else None
    read: list[Tensor] = []
    logits: list[Tensor] = []
    for step in range(len(fed)):
        x, context = fed[step : step + 1], None
        if config.query == "previous":
            context = look(sentence, state[-1][0][None], x, memory)
        read.append(_input(sentence, x, peek, context, attentional))
        vectors = read[-1]
        for number in range(config.layers):
            vectors, state[number] = _decoder_layer(
                sentence, number, vectors, state[number], step, touch
            )
        if context is None:
            context = look(sentence, vectors, x, memory)
        row, made = _logits(sentence, vectors, x, peek, context)
        attentional = made if config.input_feeding else None
        logits.append(row)
    return Steps(torch.cat(read), torch.cat(logits))


def _decoder_layer(
    sentence: Sentence, number: int, vectors: Tensor, state: State, first: int,
    touch: Touch | None,
) -> tuple[Tensor, State]:  # fmt: skip
    """Run a layer over the inputs [N, I] of the steps from `first` on."""
    change = None
    if touch is not None:

        def change(h: Tensor, c: Tensor | None, step: int) -> State:
            return touch.decoder_state(number, first + step, h, c)

    layer = sentence.layer("decoder", number)
    return run_layer(sentence.cell, layer, vectors, state, range(len(vectors)), change)


def _input(
    sentence: Sentence, x: Tensor, peek: Tensor, context: Tensor | None, attentional: Tensor | None
) -> Tensor:
    """[N, I] what the cell reads of N fed tokens [N, E]: [s_0; c; s̃; x]."""
    config = sentence.config
    parts = [peek.expand(len(x), -1)] if "cell" in config.peeks else []
    if context is not None and "cell" in config.context_readers:
        parts.append(context)
    if attentional is not None:
        parts.append(attentional)
    inputs = torch.cat([*parts, x], dim=-1)
    return torch.relu(sentence.linear("decoder.input", inputs)) if config.input_layer else inputs


def look(sentence: Sentence, states: Tensor, x: Tensor, memory: Tensor) -> Tensor:
    """[N, M] contexts of decoder states [N, H] and fed vectors [N, E], by the model's own."""
    attention, config = sentence.attention, sentence.config
    assert attention is not None  # this is asked of models that look
    queries = torch.cat([states, x], dim=-1) if config.embedding_into_query else states
    queries, memory = queries[None], memory[None]
    every = torch.ones(1, memory.shape[1], dtype=torch.bool)
    vacant = None
    if config.attention_slots is not None:
        vacant = attention.vacant(queries, every, config.attention_slots)
    scores = attention.score(queries, attention.keys(memory))  # [1, N, S]
    return attend(scores, memory, every, vacant).context[0]


def _logits(
    sentence: Sentence, states: Tensor, x: Tensor, peek: Tensor, context: Tensor | None
) -> tuple[Tensor, Tensor]:
    """[N, V] from decoder states [N, H], and what the output layer read of state and context."""
    config, features = sentence.config, states
    if context is not None and "output" in config.context_readers:
        features = torch.cat([context, states], dim=-1)  # [N, M + H], context first
        if config.attentional_layer:
            features = torch.tanh(sentence.linear("decoder.attentional", features))  # [N, H]
    parts = [peek.expand(len(x), -1)] if "output" in config.peeks else []
    parts += [features, x] if config.embedding_into_output else [features]
    return sentence.linear("decoder.output", torch.cat(parts, dim=-1)), features


def log_odds(found: Tensor, target: Tensor) -> Tensor:
    """[T] ln(p / (1 - p)) of the targets, from logits [T, V].

    The others' logits are summed without the target's, so nothing cancels as p goes to 1.
    """
    own = target[:, None]
    others = found.scatter(1, own, -math.inf)
    return found.gather(1, own)[:, 0] - torch.logsumexp(others, dim=-1)


def by_autograd(sentence: Sentence, state: str, layer: int) -> StateGradients:
    """All T gradients of any model of the family, by PyTorch through the unrolled steps."""
    config = sentence.config
    steps, source = len(sentence.target), len(sentence.places)
    both = config.ways * config.way_size  # each way has units of its own, also where both are added

    def zeros(count: int, size: int) -> list[Tensor]:
        return [torch.zeros(size, dtype=torch.float64, requires_grad=True) for _ in range(count)]

    decoder = zeros(steps + 1, config.hidden)
    nudges = Nudges(state, layer, zeros(source, both), decoder[:-1], decoder[-1])
    with torch.enable_grad():
        odds = run(sentence, nudges)  # [T]
    inputs = [*nudges.encoder, *decoder]
    rows = torch.autograd.grad(
        odds, inputs, -torch.eye(steps, dtype=torch.float64), is_grads_batched=True,
        allow_unused=True,
    )  # fmt: skip

    def columns(found: Sequence[Tensor | None], size: int) -> Array:
        none = torch.zeros(steps, size, dtype=torch.float64)
        return torch.stack([none if row is None else row for row in found], dim=1).numpy()

    by_step = columns(rows[source:], config.hidden)
    return StateGradients(
        columns(rows[:source], both), by_step[:, :-1], by_step[:, -1], odds.detach().numpy()
    )

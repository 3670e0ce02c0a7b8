"""InputInfluence of a sentence: derivatives of the encoder's states by its input vectors.

Forward through time: the tangents of all E units of one input vector go through the layers as the
columns of one matrix, so a step is one product per layer and way (Williams & Zipser 1989).
S source tokens, H hidden units, E input units, G gates, I inputs of a layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from s2s.decoding.system import System
from s2s.model.batch import make_source
from s2s.probes.gradients import output_ids
from s2s.probes.replica import attention_rows, replicate
from s2s.probes.sentence import Layer, Sentence, prepare
from s2s.probes.through_time import gru_tape, lstm_tape
from s2s.results import Array, InputInfluence, Reading, Source


@torch.inference_mode(mode=False)
def input_influence(
    system: System, text: Source | Reading, target: str | Sequence[int] | None = None
) -> InputInfluence:
    """How far every encoder state depends on every input vector, in float64.

    The model is only read; any number of threads may ask at once.

    Args:
        system: the model. It may be in training, if the target is given.
        text: the source, typed or read.
        target: the output at which context vectors are taken, typed or as ids; None for the
            model's own greedy output. Without attention it plays no part.

    Raises:
        UserError: for a text or target the model cannot read or write.
    """
    reading = text if isinstance(text, Reading) else system.read(text)
    source = make_source([reading.ids], system.config, system.sequence, system.source_vocab)
    sentence = prepare(system.model, source, [system.start], [system.start])
    output: list[int] = []
    attention = None
    if target is not None or system.config.has_attention:
        output = output_ids(system, reading, target)
    if not system.config.has_attention:
        output = []
    else:
        replica = replicate(system, reading, output)
        with torch.no_grad():
            steps = replica.decode(*replica.encode(replica.vectors[None]))
        attention = attention_rows(steps)

    count = len(reading.ids)
    influence, final = np.zeros((count, count)), np.zeros(count)
    context = None if attention is None else np.zeros((len(output), count))
    layers, sums = _forward(sentence), system.config.directions == "sum"
    places = list(sentence.places)
    for step, place in enumerate(places):
        states, end = _tangents(layers, step, count, sums)  # [S, H, E] as they are read, [H, E]
        states = states.reshape(count, -1)
        influence[places, place] = _sizes(states)
        final[place] = np.linalg.norm(end)
        if attention is not None and context is not None:
            context[:, place] = _sizes(attention[:, places] @ states)
    return InputInfluence(
        system.name, reading, tuple(system.target_vocab.decode(output)),
        influence, final, context,
    )  # fmt: skip


def _sizes(rows: Array) -> Array:
    """[N] lengths of the rows of [N, M], without a copy of them."""
    return np.sqrt(np.einsum("nm,nm->n", rows, rows))


@dataclass(frozen=True, eq=False)
class FromCell:
    """How the h' of N LSTM steps follows: from c', and through the gate o.

    Attributes:
        keep: [N, H] c' by c.
        to_cell: [N, H] h' by c'.
        output_input: [N, H, I] h' by x through the gate o.
        output_state: [N, H, H] h' by h through the gate o.
    """

    keep: Array
    to_cell: Array
    output_input: Array
    output_state: Array


@dataclass(frozen=True, eq=False)
class Way:
    """The local derivatives of N steps of one layer in one direction, with G gates folded.

    The sums before the gates are W x + U h. For an LSTM, i, f and g make up c', o makes up h'.

    Attributes:
        order: the steps as they are taken.
        from_input: [N, H, I] c' (LSTM) or h' by x.
        from_state: [N, H, H] c' (LSTM) or h' by h, h' as the old h weighted by the gate included.
        cell: of an LSTM's h'; None for other cells.
    """

    order: Sequence[int]
    from_input: Array
    from_state: Array
    cell: FromCell | None = None

    def push(self, step: int, dx: Array | None, dh: Array, dc: Array) -> tuple[Array, Array]:
        """Tangents [H, E] of (h', c') from those of the input [I, E] or None, and of (h, c)."""

        def through(by_input: Array, by_state: Array) -> Array:
            moved = by_state[step] @ dh
            return moved if dx is None else moved + by_input[step] @ dx

        inner = through(self.from_input, self.from_state)
        if self.cell is None:
            return inner, dc
        dc = self.cell.keep[step, :, None] * dc + inner
        outer = through(self.cell.output_input, self.cell.output_state)
        return self.cell.to_cell[step, :, None] * dc + outer, dc


def _forward(sentence: Sentence) -> list[list[Way]]:
    """Run the encoder; L layers of one or two ways."""
    config, count = sentence.config, len(sentence.places)
    zero = np.zeros(config.way_size)
    vectors, layers = sentence.source.numpy(), []
    for number in range(config.layers):
        both, states = [], []
        for way in range(config.ways):
            weights = sentence.layer("encoder", number, way == 1)
            order = range(count - 1, -1, -1) if way else range(count)
            made, outputs = _way(sentence.cell, weights, vectors, zero, order)
            both.append(made)
            states.append(outputs)
        layers.append(both)
        vectors = np.concatenate(states, axis=1)  # [S, H]
    return layers


def _way(
    kind: str, layer: Layer, inputs: Array, zero: Array, order: Sequence[int]
) -> tuple[Way, Array]:
    """One layer in one direction, and its states [N, H]."""
    size = len(zero)
    ih = layer.ih.numpy().reshape(-1, size, inputs.shape[1])  # [G, H, I]
    hh = layer.hh.numpy().reshape(-1, size, size)
    return WAYS[kind](layer, inputs, zero, order, ih, hh)


def _lstm_way(
    layer: Layer, inputs: Array, zero: Array, order: Sequence[int], ih: Array, hh: Array
) -> tuple[Way, Array]:
    """The gates i, f and g make up c', o makes up h'."""
    tape = lstm_tape(layer, inputs, zero, zero, order)
    slope, out = tape.to_gates[:, :3], tape.to_gates[:, 3, :, None]  # [N, 3, H], [N, H, 1]
    assert tape.to_cell is not None  # an LSTM's tape has it
    cell = FromCell(tape.keep, tape.to_cell, out * ih[3], out * hh[3])
    return Way(order, _fold(slope, ih[:3]), _fold(slope, hh[:3]), cell), tape.states


def _gru_way(
    layer: Layer, inputs: Array, zero: Array, order: Sequence[int], ih: Array, hh: Array
) -> tuple[Way, Array]:
    """The gates r, z and n make up h', beside the old state."""
    tape = gru_tape(layer, inputs, zero, None, order)
    slope = tape.to_gates  # [N, 3, H]
    by_state = _fold(slope, hh)
    units = np.arange(len(zero))
    by_state[:, units, units] += tape.keep
    assert tape.to_new is not None  # a GRU's tape has it
    # Of the gate n, the input stands outside r * ( ).
    by_input = _fold(np.stack([slope[:, 0], slope[:, 1], tape.to_new], axis=1), ih)
    return Way(order, by_input, by_state), tape.states


def _rnn_way(
    layer: Layer, inputs: Array, h: Array, order: Sequence[int], ih: Array, hh: Array
) -> tuple[Way, Array]:
    """State h' = tanh(W x + b + U h + d)."""
    sums = inputs @ ih[0].T + (layer.bias_ih + layer.bias_hh).numpy()
    states = np.empty_like(sums)
    for step in order:
        states[step] = h = np.tanh(sums[step] + hh[0] @ h)
    slope = (1 - states * states)[:, None]  # [N, 1, H]
    return Way(order, _fold(slope, ih), _fold(slope, hh)), states


WAYS = {"rnn": _rnn_way, "gru": _gru_way, "lstm": _lstm_way}


def _fold(slope: Array, weights: Array) -> Array:
    """[N, H, I] sum over gates of diag(slope [N, G, H]) times weights [G, H, I]."""
    folded = slope[:, 0, :, None] * weights[0]
    for gate in range(1, len(weights)):
        folded += slope[:, gate, :, None] * weights[gate]
    return folded


def _tangents(layers: list[list[Way]], step: int, count: int, sums: bool) -> tuple[Array, Array]:
    """The top layer's states by the input read at `step`; with `sums` both ways' are added up.

    Returns:
        [S, H, E] in the order of reading, and [H, E] of the state each way ends with.
    """
    width = layers[0][0].from_input.shape[2]
    below: list[Array | None] = [None] * count
    below[step] = np.eye(width)
    for ways in layers:
        sides, ends = [], []
        for way in ways:
            size = way.from_state.shape[1]
            side = np.zeros((count, size, width))
            dh: Array = np.zeros((size, width))
            dc: Array = dh
            reached = False
            for place in way.order:
                # Before the input is read nothing depends on it.
                reached = reached or below[place] is not None
                if reached:
                    dh, dc = way.push(place, below[place], dh, dc)
                    side[place] = dh
            sides.append(side)
            ends.append(dh)
        top, end = np.concatenate(sides, axis=1), np.concatenate(ends)
        below = [row if row.any() else None for row in top]
    if sums:
        return np.add(*sides), np.add(*ends)
    return top, end

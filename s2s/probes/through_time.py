"""Back-propagation through time by hand, all T losses at once: one-layer LSTM and GRU models.

The derivatives of a recurrent step are the same for every loss, so the adjoints of all T losses
walk back through the steps as the rows of one matrix: one [T, H] product per step, where T calls of
``backward`` make T products of a vector (Werbos 1990; the cells' equations stand in unrolled.py).
Without input feeding, loss t enters the decoder at step t alone, so step u has T - u rows.

In NumPy and float64. "The adjoint of x" is [R, ...]: row t is the derivative of loss t by x.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from s2s.config import changes
from s2s.probes.output_layers import Reads, output_layers
from s2s.probes.sentence import Layer, Sentence, StateGradients
from s2s.results import Array

# What a model may have that is not written down here.
OTHER_PARTS = {
    "encoder_hidden", "directions", "bridge_layer", "bridge_from", "query", "context_into",
    "input_layer", "input_feeding", "embedding_into_query", "embedding_into_output",
}  # fmt: skip
BRIDGES = ("hidden", "hidden_and_cell")
# From this many rows on, a step's gates are folded into one matrix before the product (measured).
FOLD_FROM = 6


def fits(sentence: Sentence) -> bool:
    """Whether every derivative of this model is written down: its cells' and its attention's."""
    attention, config = sentence.attention, sentence.config
    known = attention is None or attention.has_derivative
    known = known and not OTHER_PARTS & changes(config).keys() and config.bridge in BRIDGES
    return config.layers == 1 and sentence.cell in TAPES and known


@dataclass(frozen=True, eq=False)
class Tape:
    """The local derivatives of N steps of one layer, elementwise over its H units.

    Attributes:
        states: [N, H] h' of each step, in the order of the inputs.
        end: h' and c' of the last step taken.
        hh: [G, H, H] weights of the state, gate by gate.
        to_gates: [N, G, H] each gate's sum before its squashing, by what the gate's adjoint is
            made of: c' for an LSTM's i, f, g, else h'.
        keep: [N, H] c' by c (LSTM) or h' by h (GRU), past the gates.
        to_cell: [N, H] h' by c' (LSTM).
        to_new: [N, H] h' by the input's share of the gate n (GRU).
        order: the steps as they were taken.
    """

    states: Array
    end: tuple[Array, Array | None]
    hh: Array
    to_gates: Array
    keep: Array
    to_cell: Array | None
    to_new: Array | None
    order: Sequence[int]

    def back(self, step: int, dh: Array, dc: Array, inputs: Array | None = None) -> None:
        """Turn the adjoints of a step's state into those of the state before it, in place.

        Args:
            step: which one.
            dh: [R, H] of h', becomes that of h.
            dc: [R, H] of c', becomes that of c; untouched without a cell state.
            inputs: [R, G, H] grows by the adjoint of W_ih x + b_ih.
        """
        scale, keep = self.to_gates[step], self.keep[step]
        rows, gates, size = len(dh), len(scale), dh.shape[1]
        if self.to_cell is not None:
            dc += dh * self.to_cell[step]
        if rows >= FOLD_FROM and inputs is None:
            self._back_folded(scale, keep, dh, dc)
            return
        made = np.empty((rows, gates, size))
        if self.to_cell is not None:
            np.multiply(dc[:, None], scale[:3], out=made[:, :3])
            np.multiply(dh, scale[3], out=made[:, 3])
            dc *= keep
        else:
            np.multiply(dh[:, None], scale, out=made)
        if inputs is not None:
            inputs += made
            if self.to_new is not None:  # b_hn stands inside r * ( ), the input outside
                inputs[:, 2] += dh * self.to_new[step] - made[:, 2]
        d_before = made.reshape(rows, -1) @ self.hh.reshape(-1, size)
        if self.to_cell is None:
            d_before += dh * keep
        dh[:] = d_before

    def _back_folded(self, scale: Array, keep: Array, dh: Array, dc: Array) -> None:
        """The same with the sum over gates first: dh (diag(a) W_i + diag(b) W_f + ...)."""
        folded = np.einsum("gh,ghk->hk", scale[:3], self.hh[:3])  # [H, H]
        if self.to_cell is None:
            d_before = dh @ folded
            d_before += dh * keep
        else:
            d_before = (dh * scale[3]) @ self.hh[3]
            d_before += dc @ folded
            dc *= keep
        dh[:] = d_before


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)); an overflowing power gives 0, as it should."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def lstm_tape(layer: Layer, inputs: Array, h: Array, c: Array, order: Sequence[int]) -> Tape:
    """Run N LSTM steps: gates i, f, g, o; c' = f * c + i * g; h' = o * tanh(c')."""
    size, hh = len(h), layer.hh.numpy()
    gates = inputs @ layer.ih.numpy().T + (layer.bias_ih + layer.bias_hh).numpy()  # [N, 4H]
    new = slice(2 * size, 3 * size)
    before, after, states = (np.empty((len(inputs), size)) for _ in range(3))
    for step in order:
        row = gates[step] + hh @ h
        gates[step] = sigmoid(row)
        np.tanh(row[new], out=gates[step, new])
        i, f, g, o = gates[step].reshape(4, size)
        before[step] = c
        after[step] = c = f * c + i * g
        states[step] = h = o * np.tanh(c)
    i, f, g, o = gates.reshape(-1, 4, size).swapaxes(0, 1)
    squashed = np.tanh(after)
    to_gates = np.stack(
        [g * i * (1 - i), before * f * (1 - f), i * (1 - g * g), squashed * o * (1 - o)], axis=1
    )
    to_cell = o * (1 - squashed * squashed)
    return Tape(states, (h, c), hh.reshape(4, size, size), to_gates, f, to_cell, None, order)


def gru_tape(layer: Layer, inputs: Array, h: Array, c: None, order: Sequence[int]) -> Tape:
    """Run N GRU steps: gates r, z, n = tanh(n_x + r * n_h); h' = (1 - z) * n + z * h."""
    size, hh, bias = len(h), layer.hh.numpy(), layer.bias_hh.numpy()
    gates = inputs @ layer.ih.numpy().T + layer.bias_ih.numpy()  # [N, 3H]
    both = slice(0, 2 * size)
    before, inner, states = (np.empty((len(inputs), size)) for _ in range(3))
    for step in order:
        from_state = hh @ h + bias
        row = gates[step]
        row[both] = sigmoid(row[both] + from_state[both])
        r, z, n = row.reshape(3, size)
        inner[step] = from_state[2 * size :]
        n[:] = np.tanh(n + r * inner[step])
        before[step] = h
        states[step] = h = (1 - z) * n + z * h
    r, z, n = gates.reshape(-1, 3, size).swapaxes(0, 1)
    to_new = (1 - z) * (1 - n * n)
    to_gates = np.stack(
        [to_new * inner * r * (1 - r), (before - n) * z * (1 - z), to_new * r], axis=1
    )
    return Tape(states, (h, None), hh.reshape(3, size, size), to_gates, z, None, to_new, order)


TAPES: dict[str, Callable[..., Tape]] = {"lstm": lstm_tape, "gru": gru_tape}


def by_hand(sentence: Sentence, state: str, layer: int = 0) -> StateGradients:
    """All T gradients of a one-layer LSTM or GRU model; see StateGradients."""
    config, cell = sentence.config, state == "cell"
    steps, size = len(sentence.target), config.hidden
    ways, memory = _encode(sentence)
    h, c = _bridge(sentence, ways)
    inputs = sentence.fed.numpy()
    if "cell" in config.peeks:
        inputs = np.concatenate([np.broadcast_to(h, (steps, size)), inputs], axis=1)  # [T, H + E]
    decoder = sentence.layer("decoder", 0)
    tape = TAPES[sentence.cell](decoder, inputs, h, c, range(steps))
    top = output_layers(sentence, tape.states, memory, h)

    # Rows u to T - 1 are under way at step u; row u begins there.
    dh: Array = top.states
    dc: Array = np.zeros((steps, size))
    by_step = np.zeros((steps, steps, size))
    total = np.zeros((steps, *tape.to_gates.shape[1:])) if "cell" in config.peeks else None
    for u in reversed(range(steps)):
        by_step[u, u:] = dc[u:] if cell else dh[u:]
        tape.back(u, dh[u:], dc[u:], None if total is None else total[u:])
    if total is not None:
        dh += total.reshape(steps, -1) @ decoder.ih.numpy()[:, :size]
    if top.peek is not None:
        dh += top.peek
    initial = (dc if cell else dh).copy()
    dh, dc = _bridge_back(sentence, h, c, dh, dc)
    by_place = _encoder_back(sentence, ways, dh, dc, top.reads, cell)
    return StateGradients(by_place.swapaxes(0, 1), by_step.swapaxes(0, 1), initial, top.log_odds)


def _encode(sentence: Sentence) -> tuple[list[Tape], Array]:
    """A tape per direction, and [S, H] states in reading order."""
    config, count = sentence.config, len(sentence.places)
    ways = 2 if config.bidirectional else 1
    zero = np.zeros(config.hidden // ways)
    tapes = [
        TAPES[sentence.cell](
            sentence.layer("encoder", 0, way == 1), sentence.source.numpy(), zero,
            zero if sentence.cell == "lstm" else None,
            range(count - 1, -1, -1) if way else range(count),
        )
        for way in range(ways)
    ]  # fmt: skip
    memory = np.concatenate([tape.states for tape in tapes], axis=1)
    return tapes, memory[np.argsort(sentence.places)]


def _encoder_back(
    sentence: Sentence, ways: list[Tape], dh: Array, dc: Array, reads: Reads, cell: bool
) -> Array:
    """[S, T, H] adjoints of the encoder's states, from those of its last one [T, H]."""
    size = sentence.config.hidden // len(ways)
    by_place = np.empty((len(sentence.places), *dh.shape))
    for number, tape in enumerate(ways):
        part = slice(number * size, (number + 1) * size)
        way_h, way_c = dh[:, part].copy(), dc[:, part].copy()
        for step in reversed(tape.order):
            place = sentence.places[step]
            reads.add(way_h, place, part)
            by_place[place][:, part] = way_c if cell else way_h
            tape.back(step, way_h, way_c)
    return by_place


def _bridge(sentence: Sentence, ways: list[Tape]) -> tuple[Array, Array | None]:
    """The decoder's first state, [H] each."""
    config, ends = sentence.config, [tape.end for tape in ways]
    h = np.concatenate([end[0] for end in ends])
    if config.bidirectional:
        h = np.tanh(sentence.affine("bridge.hidden", h))
    if sentence.cell != "lstm":
        return h, None
    if not config.carries_cell:
        return h, np.zeros_like(h)
    c = np.concatenate([end[1] for end in ends])
    return h, np.tanh(sentence.affine("bridge.cell", c)) if config.bidirectional else c


def _bridge_back(
    sentence: Sentence, h: Array, c: Array | None, dh: Array, dc: Array
) -> tuple[Array, Array]:
    """Adjoints [T, H] of the decoder's first state to those of the encoder's last one."""
    config = sentence.config
    if config.bidirectional:
        dh = (dh * (1 - h * h)) @ sentence.matrix("bridge.hidden")
    if c is None or not config.carries_cell:
        return dh, np.zeros_like(dc)
    return dh, (dc * (1 - c * c)) @ sentence.matrix("bridge.cell") if config.bidirectional else dc

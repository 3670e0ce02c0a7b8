"""Finite differences over a literal model: nudge one state, go on step by step, look at the losses.

The steps are those of reference.py, in NumPy and float64; nothing here comes from s2s/probes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from reference import cell_step, first_states, layer_weights, vectors, write

from s2s.model.seq2seq import Seq2Seq

STEP = 1e-5


@dataclass
class Nudge:
    """A vector to be added to one state after its step.

    ``part`` is encoder (``place`` is a source position in reading order), decoder (``place`` is
    an output step) or initial (the decoder's state before its first step).
    """

    part: str
    place: int
    layer: int
    state: str
    vector: np.ndarray

    def move(self, h, c, part, layer, place, units=slice(None)):
        if (part, layer, place) != (self.part, self.layer, self.place):
            return h, c
        if self.state == "hidden":
            return h + self.vector[units], c
        return h, c + self.vector[units]


class Literal:
    """One sentence with a given output: how its log odds answer to a nudge."""

    def __init__(
        self, model: Seq2Seq, ids: list[int], fed: list[int], target: list[int],
        leading: int = 0, trailing: int = 0,
    ):  # fmt: skip
        self.config = model.config
        self.parameters = {k: v.detach().double().numpy() for k, v in model.state_dict().items()}
        self.ids, self.fed, self.target = list(ids), list(fed), list(target)
        places = list(range(len(ids)))
        if self.config.reverse_source:
            text = places[leading : len(ids) - trailing]
            places[leading : len(ids) - trailing] = text[::-1]
        self.places = places

    def log_odds(self, nudge: Nudge | None = None) -> np.ndarray:
        """[T] ln(p / (1 - p)) of the target tokens."""
        nothing = Nudge("", 0, 0, "hidden", np.zeros(0))
        move = (nudge or nothing).move
        memory, hidden, cells = self._encode(move)
        peek, fed_on = hidden[-1], np.zeros(self.config.hidden)
        found = []
        for step, (token, wanted) in enumerate(zip(self.fed, self.target, strict=True)):
            _, logits, fed_on = write(
                self.config, self.parameters, token, hidden, cells, memory, peek, fed_on,
                lambda h, c, layer, step=step: move(h, c, "decoder", layer, step),
            )  # fmt: skip
            others = np.delete(logits, wanted)
            most = others.max()
            found.append(logits[wanted] - most - np.log(np.exp(others - most).sum()))
        return np.array(found)

    def slopes(self, part: str, place: int, layer: int, state: str, unit: np.ndarray):
        """[T] central differences of -log odds and of the losses -ln p along a unit vector."""
        plus, minus = (
            self.log_odds(Nudge(part, place, layer, state, sign * STEP * unit)) for sign in (1, -1)
        )
        losses = np.logaddexp(0, -plus) - np.logaddexp(0, -minus)
        return (minus - plus) / (2 * STEP), losses / (2 * STEP)

    def _encode(self, move):
        config, parameters = self.config, self.parameters
        ways = 2 if config.bidirectional else 1
        size = (config.encoder_hidden or config.hidden) // (
            ways if config.directions == "concat" else 1
        )
        inputs = vectors(parameters, "encoder", [self.ids[p] for p in self.places],
                         config.source_vocabulary, config.source_input)  # fmt: skip
        ends = []
        for layer in range(config.layers):
            # Both ways side by side, also where they are summed up in the end.
            outputs = np.empty((len(inputs), ways * size))
            last = []
            for way in range(ways):
                weights = layer_weights(parameters, "encoder", layer, way == 1)
                units = slice(way * size, (way + 1) * size)
                h = c = np.zeros(size)
                for step in reversed(range(len(inputs))) if way else range(len(inputs)):
                    h, c = cell_step(config.cell, weights, inputs[step], h, c)
                    h, c = move(h, c, "encoder", layer, self.places[step], units)
                    outputs[step, units] = h
                last.append((h, np.zeros(size) if c is None else c))
            inputs = list(outputs)
            ends.append(last)
        self.ends = ends
        hidden, cells = first_states(config, parameters, ends)
        for layer in range(config.layers):
            hidden[layer], cells[layer] = move(hidden[layer], cells[layer], "initial", layer, 0)
        if config.directions == "sum":
            inputs = [both[:size] + both[size:] for both in inputs]
        memory = np.empty((len(self.ids), len(inputs[0])))
        for step, place in enumerate(self.places):
            memory[place] = inputs[step]
        return memory, hidden, cells

"""Finite differences over a literal model: nudge one state, go on step by step, look at the losses.

The steps are those of reference.py, in NumPy and float64; nothing here comes from s2s/probes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from reference import cell_step, layer_weights, score, softmax, vectors

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
        peek = hidden[-1]
        found = []
        for step, (token, wanted) in enumerate(zip(self.fed, self.target, strict=True)):
            config = self.config
            (x,) = vectors(self.parameters, "decoder", [token], config.target_vocabulary,
                           config.target_input, config.target_activation)  # fmt: skip
            if config.peeky != "none":
                x = np.concatenate([peek, x])
            for layer in range(config.layers):
                h, c = cell_step(
                    config.cell, layer_weights(self.parameters, "decoder", layer), x,
                    hidden[layer], cells[layer],
                )  # fmt: skip
                hidden[layer], cells[layer] = move(h, c, "decoder", layer, step)
                x = hidden[layer]
            logits = self._logits(x, memory, peek)
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
        size = config.hidden // ways
        inputs = vectors(parameters, "encoder", [self.ids[p] for p in self.places],
                         config.source_vocabulary, config.source_input)  # fmt: skip
        hidden, cells = [], []
        for layer in range(config.layers):
            outputs = np.empty((len(inputs), config.hidden))
            last_h, last_c = [], []
            for way in range(ways):
                weights = layer_weights(parameters, "encoder", layer, way == 1)
                units = slice(way * size, (way + 1) * size)
                h = c = np.zeros(size)
                for step in reversed(range(len(inputs))) if way else range(len(inputs)):
                    h, c = cell_step(config.cell, weights, inputs[step], h, c)
                    h, c = move(h, c, "encoder", layer, self.places[step], units)
                    outputs[step, units] = h
                last_h.append(h)
                last_c.append(c)
            inputs = list(outputs)
            h = np.concatenate(last_h)
            c = np.concatenate(last_c) if config.cell == "lstm" else None
            if config.bidirectional:
                h = self._project("hidden", h)
            if config.cell == "lstm" and config.bridge == "hidden":
                c = np.zeros(config.hidden)
            elif config.cell == "lstm" and config.bidirectional:
                c = self._project("cell", c)
            h, c = move(h, c, "initial", layer, 0)
            hidden.append(h)
            cells.append(c)
        memory = np.empty((len(self.ids), config.hidden))
        for step, place in enumerate(self.places):
            memory[place] = inputs[step]
        return memory, hidden, cells

    def _project(self, which, vector):
        weight, bias = (self.parameters[f"bridge.{which}.{end}"] for end in ("weight", "bias"))
        return np.tanh(weight @ vector + bias)

    def _logits(self, query, memory, peek):
        config, parameters = self.config, self.parameters
        features = query
        if config.has_attention:
            scores = np.array([score(config.attention, parameters, query, m) for m in memory])
            slots = config.attention_slots or 0
            free = max(0, slots - len(memory))
            weights = softmax(np.concatenate([scores, np.zeros(free)]))
            context = weights @ np.concatenate([memory, np.zeros((free, config.hidden))])
            features = np.concatenate([context, query])
            if config.attentional_layer:
                features = np.tanh(
                    parameters["decoder.attentional.weight"] @ features
                    + parameters["decoder.attentional.bias"]
                )
        if config.peeky == "cell_and_output":
            features = np.concatenate([peek, features])
        return parameters["decoder.output.weight"] @ features + parameters["decoder.output.bias"]

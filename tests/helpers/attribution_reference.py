"""A literal model that reads given input vectors, so that each can be scaled or nudged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from gradient_reference import Literal, Nudge
from reference import vectors

STEP = 1e-5


class Vectors(Literal):
    """`Literal` with the source's input vectors [S, E] in place of its ids, in reading order."""

    def __init__(self, system, reading, target):
        sequence = system.sequence
        super().__init__(
            system.model, list(reading.ids), [system.start, *target[:-1]], target,
            int(sequence.source_bos), int(sequence.source_eos),
        )  # fmt: skip
        config = self.config
        self.x = np.array(vectors(self.parameters, "encoder", reading.ids,
                                  config.source_vocabulary, config.source_input))  # fmt: skip
        # From here on an id is a row of the table of vectors.
        self.ids = list(range(len(reading.ids)))
        self.config = replace(config, source_input="embedding")
        self.read(self.x)

    def read(self, x):
        self.parameters["encoder.lookup.embedding.weight"] = x

    def scores(self, x, of="log_odds"):
        """[T] of one source [S, E]."""
        self.read(x)
        odds = self.log_odds()
        return odds if of == "log_odds" else -np.logaddexp(0, -odds)

    def slopes(self, x, along, of="log_odds"):
        """[T, S] central differences of the scores at x, each vector along its own [S, E]."""
        columns = []
        for place in range(len(x)):
            move = np.zeros_like(x)
            move[place] = STEP * along[place]
            columns.append((self.scores(x + move, of) - self.scores(x - move, of)) / (2 * STEP))
        return np.stack(columns, axis=1)

    def states(self, x):
        """[S, H] top-layer encoder states in reading order."""
        self.read(x)
        return self._encode(Nudge("", 0, 0, "hidden", np.zeros(0)).move)[0]

    def final(self, x):
        """[M] the state of each way after its last token, as the decoder is handed them."""
        self.states(x)
        ways = [h for h, _ in self.ends[-1]]
        return sum(ways) if self.config.directions == "sum" else np.concatenate(ways)

    def jacobians(self, of=None):
        """[S, M, S, E] of the states by the input vectors, or [M, S, E] of the final one."""
        of = of or self.states
        found = np.empty((*of(self.x).shape, *self.x.shape))
        for place, unit in np.ndindex(*self.x.shape):
            move = np.zeros_like(self.x)
            move[place, unit] = STEP
            apart = of(self.x + move) - of(self.x - move)
            found[..., place, unit] = apart / (2 * STEP)
        return found

"""The recurrent states of one sentence, layer by layer, and the gates that made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from s2s.results.base import Array, check_shape
from s2s.results.gradients import MODES
from s2s.results.trace import Reading

# The gates of each kind of cell, in the order of PyTorch's weights.
GATES: dict[str, tuple[str, ...]] = {
    "rnn": (),
    "gru": ("reset", "update", "new"),
    "lstm": ("input", "forget", "candidate", "output"),
}


@dataclass(frozen=True, eq=False)
class LayerStates:
    """One layer's N states (S in the encoder, T in the decoder) of H units.

    A bidirectional encoder's vectors are two halves, forward and backward, each from its own way:
    the backward half at position s has read s and everything after it. So they are kept here also
    where a model adds both halves up before it reads them.
    """

    states: Array
    """[N, H] h after each token; encoder in reading order."""
    before: Array
    """[N, H] the state h that each step started from."""
    cells: Array | None
    """[N, H] c after each token; None unless LSTM."""
    gates: Mapping[str, Array]
    """Name to [N, H]: input, forget, candidate, output; or reset, update, new; or none. The
    candidate and the new state lie between -1 and 1, the others between 0 and 1."""
    final: Array
    """[H] the state after the last token of the way (of each way)."""

    def __post_init__(self) -> None:
        """Check every shape against the states'."""
        shape = self.states.shape
        for name in ("before", "cells"):
            check_shape(self, name, getattr(self, name), shape)
        check_shape(self, "final", self.final, shape[1:])
        for name, gate in self.gates.items():
            check_shape(self, f"gates[{name!r}]", gate, shape)

    def norms(self) -> Array:
        """[N] size of each state."""
        return np.linalg.norm(self.states, axis=1)

    def updates(self) -> Array:
        """[N] how far each step moved the state."""
        return np.linalg.norm(self.states - self.before, axis=1)

    def to_final(self) -> Array:
        """[N] cosine of the angle between each state and the final one; NaN for a zero vector."""
        with np.errstate(invalid="ignore"):
            return self.states @ self.final / (self.norms() * np.linalg.norm(self.final))


@dataclass(frozen=True, eq=False)
class HiddenStates:
    """Every recurrent state of one sentence, computed in float64.

    Attributes:
        model: the checkpoint's name.
        reading: what the model read.
        output: T tokens written.
        fed: T tokens fed to the decoder; its state u is the one after reading ``fed[u]``.
        mode: ``free-running`` if the output is the model's own, else ``teacher-forced``.
        places: place in reading order of the token that a left-to-right encoder reads at each of
            its S steps.
        encoder: L layers, the lowest first.
        decoder: L layers.
    """

    model: str
    reading: Reading
    output: tuple[str, ...]
    fed: tuple[str, ...]
    mode: str
    places: tuple[int, ...]
    encoder: tuple[LayerStates, ...]
    decoder: tuple[LayerStates, ...]

    def __post_init__(self) -> None:
        """Check every shape against S, T and H."""
        for name, count in (("encoder", len(self.reading.tokens)), ("decoder", len(self.output))):
            size = getattr(self, name)[0].states.shape[-1]
            for layer in getattr(self, name):
                check_shape(self, name, layer.states, (count, size))
        if len(self.fed) != len(self.output):
            raise ValueError(
                f"HiddenStates has {len(self.output)} output tokens and {len(self.fed)} fed"
            )
        if sorted(self.places) != list(range(len(self.reading.tokens))):
            raise ValueError(f"HiddenStates.places is {self.places}")
        if len(self.encoder) != len(self.decoder) or self.mode not in MODES:
            raise ValueError("HiddenStates needs as many layers on both sides, and a mode")

    @property
    def source(self) -> tuple[str, ...]:
        """The S source tokens in reading order."""
        return self.reading.tokens

    @property
    def steps(self) -> int:
        """T."""
        return len(self.output)

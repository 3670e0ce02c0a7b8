"""What changes a recurrent state between its step and whoever reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from s2s.probes.cell_steps import State


class Touch(Protocol):
    """What changes a state after its step, before anything reads it."""

    def encoder_state(
        self, number: int, part: slice, place: int, h: Tensor, c: Tensor | None
    ) -> State:
        """Of a layer, of the units of one way, at a place in reading order."""

    def first_state(self, number: int, h: Tensor, c: Tensor | None) -> State:
        """Of a layer of the decoder before its first step."""

    def decoder_state(self, number: int, step: int, h: Tensor, c: Tensor | None) -> State:
        """Of a layer of the decoder after a step."""


@dataclass(frozen=True, eq=False)
class Nudges:
    """Zeros to be added to the states of one layer, so that they can be differentiated.

    Attributes:
        kind: ``hidden`` or ``cell``.
        layer: 0-based.
        encoder: S of [ways * way size], in reading order: each way's part goes to that way.
        decoder: T of [H].
        initial: [H], the decoder's state before its first step.
    """

    kind: str
    layer: int
    encoder: Sequence[Tensor]
    decoder: Sequence[Tensor]
    initial: Tensor

    def encoder_state(
        self, number: int, part: slice, place: int, h: Tensor, c: Tensor | None
    ) -> State:
        """As `Touch`."""
        return self._add(h, c, self.encoder[place][part]) if number == self.layer else (h, c)

    def first_state(self, number: int, h: Tensor, c: Tensor | None) -> State:
        """As `Touch`."""
        return self._add(h, c, self.initial) if number == self.layer else (h, c)

    def decoder_state(self, number: int, step: int, h: Tensor, c: Tensor | None) -> State:
        """As `Touch`."""
        return self._add(h, c, self.decoder[step]) if number == self.layer else (h, c)

    def _add(self, h: Tensor, c: Tensor | None, nudge: Tensor) -> State:
        """(h, c) with one of them nudged."""
        if self.kind == "hidden":
            return h + nudge, c
        assert c is not None  # only an LSTM is asked for its cell states
        return h, c + nudge

"""What a model did with its watched sentences after every epoch, so that it can be replayed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from s2s.results.base import Array, check_shape
from s2s.results.projection import Projection, principal


@dataclass(frozen=True, eq=False)
class Moment:
    """One watched sentence after one epoch, as the model answers it by itself.

    Attributes:
        epoch: 1-based; the epoch that has just ended.
        output: T tokens written, the end token included if it was written.
    """

    epoch: int
    output: tuple[str, ...]
    attention: Array | None
    """[T, S] attention weights; None without attention."""
    encoder: Array
    """[T, S] as in `GradientFlow`, of log odds: output token t and the encoder state at s."""
    decoder: Array
    """[T, T] output token t and decoder state u; exactly 0 where u > t."""
    probabilities: Array
    """[T] probability of the token that was written."""
    encoder_states: Array
    """[S, H] top-layer encoder states."""
    initial_state: Array
    """[H] the decoder's state before its first step."""
    decoder_states: Array
    """[T, H] top-layer decoder states."""

    def __post_init__(self) -> None:
        """Check every shape against S, T and H; the two sides may have different sizes."""
        steps, source = len(self.output), len(self.encoder_states)
        hidden = self.decoder_states.shape[-1]
        for name, expected in (
            ("attention", (steps, source)),
            ("encoder", (steps, source)),
            ("decoder", (steps, steps)),
            ("probabilities", (steps,)),
            ("initial_state", (hidden,)),
            ("decoder_states", (steps, hidden)),
        ):
            check_shape(self, name, getattr(self, name), expected)

    @property
    def one_space(self) -> bool:
        """Whether the states of both sides have as many units, and at least three."""
        return self.encoder_states.shape[1] == self.decoder_states.shape[1] >= 3

    def reached(self, step: int) -> Array:
        """[S + step + 1] what output token `step` feels of h1 … hS, s1 … s(step + 1)."""
        return np.concatenate([self.encoder[step], self.decoder[step, : step + 1]])

    def path(self) -> Array:
        """[S + T, H] the states in the order of the tokens: read, then written.

        ValueError where the two sides have different sizes, see `one_space`.
        """
        return np.concatenate([self.encoder_states, self.decoder_states])


@dataclass(frozen=True, eq=False)
class Replay:
    """One watched sentence, epoch by epoch.

    Attributes:
        source: as it was given.
        reference: what should be written.
        tokens: S source tokens in reading order.
        moments: in rising epochs; not empty.
    """

    source: str
    reference: str
    tokens: tuple[str, ...]
    moments: tuple[Moment, ...]

    def __post_init__(self) -> None:
        """Check S and the order of the epochs."""
        epochs = [moment.epoch for moment in self.moments]
        if not epochs or epochs != sorted(set(epochs)):
            raise ValueError(f"Replay has the epochs {epochs}")
        hidden = self.moments[0].encoder_states.shape[1]
        for moment in self.moments:
            check_shape(self, "states", moment.encoder_states, (len(self.tokens), hidden))

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs that were kept."""
        return tuple(moment.epoch for moment in self.moments)

    def at(self, epoch: int) -> Moment:
        """The last moment up to an epoch; the first one before all of them."""
        return next((m for m in reversed(self.moments) if m.epoch <= epoch), self.moments[0])


def joined(parts: Iterable[Sequence[Replay]]) -> tuple[Replay, ...]:
    """Replays of the same sentences, each with the moments of all parts."""
    parts = [part for part in parts if part]
    if not parts:
        return ()
    return tuple(
        replace(same[0], moments=tuple(m for one in same for m in one.moments))
        for same in zip(*parts, strict=True)
    )


def projection(replays: Sequence[Replay]) -> Projection:
    """One view of all states of all epochs: three units as they are, else principal components.

    Args:
        replays: of models with as many units, all in one space.
    """
    return principal(np.concatenate([m.path() for one in replays for m in one.moments]))

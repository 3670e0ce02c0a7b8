"""A typed text as a model reads it, and one decoded sentence."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from s2s.results.base import Array, Drawn, check_shape
from s2s.text import TOKENISERS


@dataclass(frozen=True)
class Cut:
    """A source that is tokens already: an edited sentence, or one with gold links.

    Attributes:
        tokens: in reading order, no specials.
        tokeniser: whose tokens they are; a model with another one reads the text.
    """

    tokens: tuple[str, ...]
    tokeniser: str

    def __str__(self) -> str:
        """The tokens as a text."""
        return TOKENISERS[self.tokeniser].join(self.tokens)


Source = str | Cut
"""What a model is given to read."""


@dataclass(frozen=True)
class Unknown:
    """A typed token outside the vocabulary.

    Attributes:
        token: as typed, after normalising.
        position: 0-based place in the source tokens.
        nearest: known tokens spelled most like it.
    """

    token: str
    position: int
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A typed text as a model reads it.

    Attributes:
        text: as typed.
        tokens: S tokens in reading order, specials included, UNK where a token is unknown.
        ids: their ids.
        length: how many of them the text gave (specials and filling not counted).
        first: where the text begins: 1 after a start token, else 0.
        dropped: typed characters that left no trace.
        unknown: tokens outside the vocabulary.
        changed: (typed, read) words whose letters were rewritten: accents.
        rewritten: (typed, read) characters that were folded: full-width letters, ligatures, curly
            apostrophes; where blanks are tokens, also other white space.
    """

    text: str
    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    length: int
    first: int = 0
    dropped: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()
    rewritten: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Trace(Drawn):
    """One decoded sentence: everything that was computed on the way, as computed.

    Attributes:
        model: the checkpoint's name.
        reading: what the model read.
        output: T tokens written, the end token included if it was written.
        fed: T tokens fed to the decoder, one per step.
        stopped: ``"eos"`` or ``"length"``.
        text: the output as text, specials left out.
        forced: steps whose token was given, not chosen, in rising order.
    """

    model: str
    reading: Reading
    output: tuple[str, ...]
    fed: tuple[str, ...]
    stopped: str
    text: str
    forced: tuple[int, ...]
    candidates: tuple[tuple[str, ...], ...]
    """[T][K] the most probable tokens of each step, best first."""
    candidate_probabilities: Array
    """[T, K] their probabilities."""
    probabilities: Array
    """[T] probability of the token that was written."""
    log_probabilities: Array
    """[T] its natural logarithm, from the log-softmax."""
    encoder_states: Array
    """[S, M] top-layer encoder states."""
    initial_state: Array
    """[H] the decoder's top-layer state before its first step: the bottleneck."""
    decoder_states: Array
    """[T, H] top-layer decoder states."""
    scores: Array | None = None
    """[T, S] attention scores before the softmax; None without attention."""
    attention: Array | None = None
    """[T, S] attention weights, the very tensor that made the context; None without attention."""
    contexts: Array | None = None
    """[T, M] attention-weighted sums of encoder states; None without attention."""
    empty_attention: Array | None = None
    """[T] weight on empty slots; None unless the model has `attention_slots`."""
    attended: tuple[int, ...] = field(default=())
    """Steps whose attention weights were given by the caller."""

    def __post_init__(self) -> None:
        """Check every shape against S, T, M, H and K."""
        steps, source = len(self.output), len(self.reading.tokens)
        memory, hidden = self.encoder_states.shape[-1], self.decoder_states.shape[-1]
        ranks = len(self.candidates[0]) if self.candidates else 0
        for name, expected in (
            ("candidate_probabilities", (steps, ranks)),
            ("probabilities", (steps,)),
            ("log_probabilities", (steps,)),
            ("encoder_states", (source, memory)),
            ("initial_state", (hidden,)),
            ("decoder_states", (steps, hidden)),
            ("scores", (steps, source)),
            ("attention", (steps, source)),
            ("contexts", (steps, memory)),
            ("empty_attention", (steps,)),
        ):
            check_shape(self, name, getattr(self, name), expected)
        if len(self.fed) != steps or len(self.candidates) != steps:
            raise ValueError(
                f"Trace has {steps} output tokens, {len(self.fed)} fed, "
                f"{len(self.candidates)} candidate rows"
            )

    @property
    def source(self) -> tuple[str, ...]:
        """The S source tokens in reading order."""
        return self.reading.tokens

    @property
    def imposed(self) -> tuple[str, ...] | None:
        """The output where a caller had a hand in it, for others to write too; None if it is own.

        An answer that was edited in any way is one that the model did not come to by itself.
        """
        return self.output if self.forced or self.attended else None

    @property
    def steps(self) -> int:
        """T."""
        return len(self.output)

    @property
    def log_probability(self) -> float:
        """Natural log of the whole output's probability, the end token included."""
        return float(self.log_probabilities.sum())

    def entropy(self) -> Array:
        """[T] entropy of each attention row in nats; a uniform row gives log S."""
        weights = self.weights()
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(weights > 0, weights * np.log(weights), 0.0)
        return -terms.sum(axis=1)

    def coverage(self) -> Array:
        """[S] attention each source token received over all steps."""
        return self.weights().sum(axis=0)

    def weights(self) -> Array:
        """[T, S] attention weights; ValueError without attention."""
        if self.attention is None:
            raise ValueError(f"{self.model} has no attention")
        return self.attention

"""Every frozen result: tokens and NumPy arrays, no tensor, no graph, no model.

Dimensions: S source tokens (specials included if the model reads them), T output tokens, H hidden
units, K candidates shown per step. Source axes are always in reading order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


def check_shape(owner: str, name: str, array: Any, expected: tuple[int, ...]) -> None:
    """Refuse an array of another shape, printing both."""
    if array is not None and array.shape != expected:
        raise ValueError(f"{owner}.{name} has shape {array.shape}, expected {expected}")


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
        changed: (typed, read) words whose letters were rewritten.
    """

    text: str
    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    length: int
    first: int = 0
    dropped: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Trace:
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
    """[S, H] top-layer encoder states."""
    initial_state: Array
    """[H] the decoder's top-layer state before its first step: the bottleneck."""
    decoder_states: Array
    """[T, H] top-layer decoder states."""
    scores: Array | None = None
    """[T, S] attention scores before the softmax; None without attention."""
    attention: Array | None = None
    """[T, S] attention weights, the very tensor that made the context; None without attention."""
    contexts: Array | None = None
    """[T, H] attention-weighted sums of encoder states; None without attention."""
    empty_attention: Array | None = None
    """[T] weight on empty slots; None unless the model has `attention_slots`."""
    attended: tuple[int, ...] = field(default=())
    """Steps whose attention weights were given by the caller."""

    def __post_init__(self) -> None:
        """Check every shape against S, T, H and K."""
        steps, source = len(self.output), len(self.reading.tokens)
        hidden = self.encoder_states.shape[-1]
        ranks = len(self.candidates[0]) if self.candidates else 0
        for name, expected in (
            ("candidate_probabilities", (steps, ranks)),
            ("probabilities", (steps,)),
            ("log_probabilities", (steps,)),
            ("encoder_states", (source, hidden)),
            ("initial_state", (hidden,)),
            ("decoder_states", (steps, hidden)),
            ("scores", (steps, source)),
            ("attention", (steps, source)),
            ("contexts", (steps, hidden)),
            ("empty_attention", (steps,)),
        ):
            check_shape("Trace", name, getattr(self, name), expected)
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
    def steps(self) -> int:
        """T."""
        return len(self.output)

    @property
    def log_probability(self) -> float:
        """Natural log of the whole output's probability, the end token included."""
        return float(self.log_probabilities.sum())

    def entropy(self) -> Array:
        """[T] entropy of each attention row in nats; a uniform row gives log S."""
        weights = self._weights()
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(weights > 0, weights * np.log(weights), 0.0)
        return -terms.sum(axis=1)

    def coverage(self) -> Array:
        """[S] attention each source token received over all steps."""
        return self._weights().sum(axis=0)

    def _weights(self) -> Array:
        if self.attention is None:
            raise ValueError(f"{self.model} has no attention")
        return self.attention


@dataclass(frozen=True, eq=False)
class BeamTree:
    """Every hypothesis a beam search considered.

    Node 0 is the start; ``parent[n] < n``. A node's score is the natural log probability of its
    tokens, without any length penalty.
    """

    tokens: tuple[str, ...]
    """[N] the token each node adds (the start token for node 0)."""
    parent: NDArray[np.int64]
    """[N] index of the parent, -1 for node 0."""
    step: NDArray[np.int64]
    """[N] 0-based output step, -1 for node 0."""
    score: Array
    """[N] natural log probability of the hypothesis that ends here."""
    survived: NDArray[np.bool_]
    """[N] kept by the search (in the next beam, or finished)."""
    finished: NDArray[np.bool_]
    """[N] ends a hypothesis."""
    ranking: tuple[int, ...]
    """Finished nodes, best first by penalised score."""
    penalised: Array
    """[len(ranking)] score divided by ((5 + length) / 6) ** alpha (Wu et al. 2016, eq. 14)."""

    def __post_init__(self) -> None:
        """Check every length."""
        nodes = len(self.tokens)
        for name in ("parent", "step", "score", "survived", "finished"):
            check_shape("BeamTree", name, getattr(self, name), (nodes,))
        check_shape("BeamTree", "penalised", self.penalised, (len(self.ranking),))

    def hypothesis(self, node: int) -> tuple[str, ...]:
        """The tokens from the start to a node."""
        path = []
        while self.parent[node] >= 0:
            path.append(self.tokens[node])
            node = int(self.parent[node])
        return tuple(reversed(path))


@dataclass(frozen=True)
class LengthScore:
    """Quality on the sources of one length (specials not counted).

    BLEU counts runs of four tokens, so it is None where no reference has as many.
    """

    length: int
    pairs: int
    exact_match: float
    bleu: float | None


@dataclass(frozen=True)
class Evaluation:
    """Quality on a set of pairs, greedy decoding.

    Attributes:
        pairs: how many.
        exact_match: share of outputs equal to the reference token by token, 0 to 1.
        bleu: sacrebleu corpus BLEU, 0 to 100, tokens as the model has them, one reference.
        chrf: sacrebleu chrF, 0 to 100.
        unknown_rate: share of source tokens outside the vocabulary, 0 to 1.
        unfinished: share of outputs that reached the length limit without an end token.
        by_length: the same by source length.
    """

    pairs: int
    exact_match: float
    bleu: float
    chrf: float
    unknown_rate: float
    unfinished: float
    by_length: tuple[LengthScore, ...]


@dataclass(frozen=True)
class EpochReport:
    """One epoch of training.

    Attributes:
        epoch: 1-based.
        train_loss: nats, in the run's own reduction, accumulated while training.
        validation_loss: nats per target token, teacher-forced; None without a validation part.
        exact_match: share of validation outputs that are exactly right, greedy; None likewise.
        bleu: validation BLEU; None likewise.
        learning_rate: at the end of the epoch.
        teacher_forcing_ratio: in this epoch.
        updates: optimiser steps so far.
        seconds: training time of this epoch, evaluation not counted.
    """

    epoch: int
    train_loss: float
    validation_loss: float | None
    exact_match: float | None
    bleu: float | None
    learning_rate: float
    teacher_forcing_ratio: float
    updates: int
    seconds: float

"""The arithmetic of one output step: from the decoder's state to the word, with every number.

The letters are those of the formulas: s_t the decoder's state after the fed token, h_j the encoder
states, e_tj scores, α_tj weights, c_t the context, s̃_t the attentional state, s_0 the decoder's
state before its first step, x_t what is fed of a token. Dimensions: S source tokens, H hidden
units, M of an encoder state, E of x_t, V target words, K candidates shown, F numbers that the
output layer reads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from s2s.config.model import PEEKY
from s2s.results.base import Array, check_shape
from s2s.results.score_formula import Products, ScoreFormula
from s2s.results.terms import Terms, linear, products_of

PARTS = ("s_0", "c", "s̃−1", "s−1", "s", "s̃", "x")
"""The vectors that a model's layers read, by their letters; −1 is the step before."""
LAYERS = ("W_o", "b_o", "W_c", "b_c")
"""The parameters that are not a score's."""


class Powers(NamedTuple):
    """The fractions of a softmax: ``powers[j] / total`` is weight j.

    Attributes:
        powers: [S] exp(e_tj - shift).
        empty: the empty slots' part of the total, exp(-shift) each; None without slots.
        total: what they are divided by.
        shift: 0 where exp(e_tj) can be read as it is, else the largest score, an empty slot's 0
            among them; it changes no weight.
    """

    powers: Array
    empty: float | None
    total: float
    shift: float


@dataclass(frozen=True, eq=False)
class Walk:
    """One output step, every number in the model's own type and from its own decode.

    Attributes:
        model: the checkpoint's name.
        step: t, 0-based.
        steps: T.
        source: S source tokens in reading order.
        fed: the token that was fed.
        written: the token that was written.
        forced: whether that token was given, not chosen.
        given: whether the weights were given: they are then not the softmax of the scores.
        cell: rnn, gru or lstm.
        attention: its name, or none.
        peeky: none, cell or cell_and_output.
        reads: what the cell reads, in its order, by the names of `PARTS`.
        input_layer: whether a layer with a ReLU stands before the cell.
        asks: what attention asks with, likewise; empty without attention.
        outputs: what the output layer reads, likewise.
        vocabulary: V.
        vacant: empty slots, which score 0 and take weight; None without slots.
        candidates: K words, most probable first; the written one stands last if it is not among
            the most probable. All V of them in a vocabulary of up to `WHOLE`.
    """

    model: str
    step: int
    steps: int
    source: tuple[str, ...]
    fed: str
    written: str
    forced: bool
    given: bool
    cell: str
    attention: str
    peeky: str
    reads: tuple[str, ...]
    input_layer: bool
    asks: tuple[str, ...]
    outputs: tuple[str, ...]
    vocabulary: int
    vacant: int | None
    candidates: tuple[str, ...]
    state: Array
    """[H] s_t, the decoder's top-layer state."""
    initial: Array
    """[H] s_0, its state before the first step: what Peeky sees."""
    memory: Array
    """[S, M] h, the encoder states."""
    logits: Array
    """[K] one score per candidate, before the softmax over all V words."""
    probabilities: Array
    """[K] of the candidates."""
    others: float | None
    """ln of the sum of exp(logit) over the V - K other words; None when there are none."""
    parameters: Mapping[str, Array]
    """By their names in the formulas: W_o [K, F] and b_o [K], the candidates' rows of the output
    layer; W_c [H, M + H] and b_c [H] with the attentional layer; all others are the score's."""
    formula: ScoreFormula | None = None
    """How the score is written; None without attention."""
    products: Products[Array] | None = None
    """The scores as sums; None where the attention does not write them so."""
    keys: Array | None = None
    """[S, …] what is compared of the encoder; None where its states themselves are."""
    query: Array | None = None
    """[H] what is compared of the decoder; None where its state itself is."""
    scores: Array | None = None
    """[S] e_t; None without attention, likewise weights and context."""
    weights: Array | None = None
    """[S] α_t, the very tensor that made the context."""
    empty: float | None = None
    """Weight on empty slots; None without slots."""
    vacant_score: float | None = None
    """ln of the sum of exp(score) over the empty slots; None where each of them scores 0."""
    before: Array | None = None
    """[H] s_t−1; None unless attention asks with it."""
    vector: Array | None = None
    """[E] x_t; None unless attention or the output layer reads it."""
    context: Array | None = None
    """[M] c_t."""
    combined: Array | None = None
    """[H] s̃_t; None without the attentional layer."""

    def __post_init__(self) -> None:
        """Check every shape against S, H, F and K."""
        if self.peeky not in PEEKY or (self.scores is None) != (self.formula is None):
            raise ValueError("Walk needs a known peeky, and a formula where there are scores")
        hidden, count, source = len(self.state), len(self.candidates), len(self.source)
        memory = self.memory.shape[-1]
        expected: dict[str, tuple[int, ...]] = {
            **dict.fromkeys(("initial", "before", "combined"), (hidden,)),
            "context": (memory,),
            "memory": (source, memory),
            **dict.fromkeys(("scores", "weights"), (source,)),
            **dict.fromkeys(("logits", "probabilities"), (count,)),
        }
        for name, shape in expected.items():
            check_shape(self, name, getattr(self, name), shape)
        width = len(self.features)
        sizes = {"W_o": (count, width), "b_o": (count,)}
        if self.combined is not None:
            sizes |= {"W_c": (hidden, memory + hidden), "b_c": (hidden,)}
        if not sizes.keys() <= self.parameters.keys():
            raise ValueError(f"Walk.parameters are {set(self.parameters)}, expected {set(sizes)}")
        if self.products is not None:
            sizes_of = np.shape(self.products.left), np.shape(self.products.right)
            if sizes_of[1] != (source, *sizes_of[0]):
                raise ValueError(f"Walk.products are of {sizes_of}, expected (N,) and (S, N)")
        for name, shape in sizes.items():
            check_shape(self, f"parameters[{name!r}]", self.parameters[name], shape)
        if self.written not in self.candidates:
            raise ValueError(f"Walk.candidates lack the written token {self.written!r}")

    @property
    def hidden(self) -> int:
        """H."""
        return len(self.state)

    @property
    def has_attention(self) -> bool:
        """Whether there are scores, weights and a context."""
        return self.scores is not None

    @property
    def chosen(self) -> int:
        """Place of the written token among the candidates."""
        return self.candidates.index(self.written)

    @property
    def score_parameters(self) -> dict[str, Array]:
        """Those of the score, by their names in its formula."""
        return {name: own for name, own in self.parameters.items() if name not in LAYERS}

    def part(self, name: str) -> Array:
        """A vector by its name among `PARTS`; ValueError for one that is not kept."""
        held = {"s_0": self.initial, "c": self.context, "s": self.state, "s̃": self.combined,
                "s−1": self.before, "x": self.vector}  # fmt: skip
        found = held.get(name)
        if found is None:
            raise ValueError(f"Walk keeps no {name}")
        return found

    def feature_parts(self) -> dict[str, Array]:
        """Name to vector: what the output layer reads, in its order."""
        return {name: self.part(name) for name in self.outputs}

    @property
    def features(self) -> Array:
        """[F] what the output layer reads."""
        return np.concatenate(list(self.feature_parts().values()))

    @property
    def asked(self) -> Array:
        """[Q] what attention asks with."""
        return np.concatenate([self.part(name) for name in self.asks])

    def powers(self) -> Powers:
        """The softmax of the scores in fractions, whether or not its weights were used."""
        scores = _of_attention(self, self.scores).astype(float)
        of_empty = 0.0 if self.vacant_score is None else self.vacant_score
        most = max(scores.max(), of_empty) if self.vacant else scores.max()
        # Up to here exp() is a number one can read.
        readable = max(np.abs(scores).max(), abs(of_empty)) <= 8
        shift = 0.0 if readable else float(most)
        powers = np.exp(scores - shift)
        # Without a vacant slot the shift may be so low that exp(-shift) is too large a number.
        empty = 0.0 if self.vacant == 0 else None
        if self.vacant:
            times = self.vacant if self.vacant_score is None else 1
            empty = times * math.exp(of_empty - shift)
        return Powers(powers, empty, float(powers.sum() + (empty or 0.0)), shift)

    def score_terms(self, place: int) -> Terms | None:
        """The products behind the score of source token `place`, 0-based; None if it is no sum."""
        total, sums = float(_of_attention(self, self.scores)[place]), self.products
        if sums is None:
            return None
        divisor = float(np.broadcast_to(sums.divisor, len(self.source))[place])
        return products_of(total, sums.part, sums.left, sums.right[place], divisor)

    def context_terms(self, unit: int) -> Terms:
        """Weight times encoder state, one term per source token, behind a unit of the context."""
        total = float(_of_attention(self, self.context)[unit])
        return products_of(total, "h", _of_attention(self, self.weights), self.memory[:, unit])

    def combine_terms(self, unit: int) -> Terms:
        """W_c times [c; s] behind a unit of s̃_t; the total is what the tanh is taken of."""
        if self.combined is None:
            raise ValueError(f"{self.model} has no attentional layer")
        bias = float(self.parameters["b_c"][unit])
        read = {"c": _of_attention(self, self.context), "s": self.state}
        return linear(None, read, self.parameters["W_c"][unit], bias)

    def logit_terms(self, candidate: int) -> Terms:
        """W_o times the features behind the logit of a candidate, 0-based place in the list."""
        row, bias = (self.parameters[name][candidate] for name in ("W_o", "b_o"))
        return linear(float(self.logits[candidate]), self.feature_parts(), row, float(bias))


def _of_attention(walk: Walk, values: Array | None) -> Array:
    if values is None:
        raise ValueError(f"{walk.model} has no attention")
    return values

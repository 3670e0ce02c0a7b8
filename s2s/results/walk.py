"""The arithmetic of one output step: from the decoder's state to the word, with every number.

The letters are those of the formulas: s_t the decoder's state after the fed token, h_j the encoder
states, e_tj scores, α_tj weights, c_t the context, s̃_t the attentional state, s_0 the decoder's
state before its first step. Dimensions: S source tokens, H hidden units, V target words, K
candidates shown, F numbers that the output layer reads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from s2s.config import PEEKY
from s2s.results.base import Array, check_shape
from s2s.results.score_formula import Products, ScoreFormula

WHOLE = 8
"""Up to this many terms, units or words are shown one and all."""
LARGEST = 6
"""Of more terms, so many of the largest are shown."""
LAYERS = ("W_o", "b_o", "W_c", "b_c")
"""The parameters that are not a score's."""


class Term(NamedTuple):
    """One product of a sum.

    Attributes:
        part: the vector that is counted through: s, h, c, s̃, s_0, or one that a score names.
        place: 0-based unit of that vector; of h, the source token.
        factors: the two numbers.
        value: their product.
    """

    part: str
    place: int
    factors: tuple[float, float]
    value: float


class Terms(NamedTuple):
    """A sum written out; ``(sum of the terms + rest) / divisor + bias`` is the total.

    Attributes:
        total: the number that is explained, as the model computed it.
        terms: all in order up to `WHOLE`, else the `LARGEST` largest by size, largest first.
        rest: sum of the terms not shown, in float64.
        more: how many they are.
        divisor: what a score is divided by, such as √H, else 1.
        bias: of a linear layer, else 0.
    """

    total: float
    terms: tuple[Term, ...]
    rest: float = 0.0
    more: int = 0
    divisor: float = 1.0
    bias: float = 0.0

    def sum(self) -> float:
        """The total again, from the terms: equal but for the rounding of the model's own type."""
        return (math.fsum(t.value for t in self.terms) + self.rest) / self.divisor + self.bias


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
    vocabulary: int
    vacant: int | None
    candidates: tuple[str, ...]
    state: Array
    """[H] s_t, the decoder's top-layer state."""
    initial: Array
    """[H] s_0, its state before the first step: what Peeky sees."""
    memory: Array
    """[S, H] h, the encoder states."""
    logits: Array
    """[K] one score per candidate, before the softmax over all V words."""
    probabilities: Array
    """[K] of the candidates."""
    others: float | None
    """ln of the sum of exp(logit) over the V - K other words; None when there are none."""
    parameters: Mapping[str, Array]
    """By their names in the formulas: W_o [K, F] and b_o [K], the candidates' rows of the output
    layer; W_c [H, 2H] and b_c [H] with the attentional layer; all others are the score's."""
    formula: ScoreFormula | None = None
    """How the score is written; None without attention."""
    products: Products[Array] | None = None
    """The scores as sums; None where the attention does not write them so."""
    keys: Array | None = None
    """[S, H] what is compared of the encoder; None where its states themselves are."""
    query: Array | None = None
    """[H] what is compared of the decoder; None where its state itself is."""
    scores: Array | None = None
    """[S] e_t; None without attention, likewise weights and context."""
    weights: Array | None = None
    """[S] α_t, the very tensor that made the context."""
    empty: float | None = None
    """Weight on empty slots; None without slots."""
    context: Array | None = None
    """[H] c_t."""
    combined: Array | None = None
    """[H] s̃_t; None without the attentional layer."""

    def __post_init__(self) -> None:
        """Check every shape against S, H, F and K."""
        if self.peeky not in PEEKY or (self.scores is None) != (self.formula is None):
            raise ValueError("Walk needs a known peeky, and a formula where there are scores")
        hidden, count, source = len(self.state), len(self.candidates), len(self.source)
        expected: dict[str, tuple[int, ...]] = {
            **dict.fromkeys(("initial", "context", "combined"), (hidden,)),
            "memory": (source, hidden),
            **dict.fromkeys(("scores", "weights"), (source,)),
            **dict.fromkeys(("logits", "probabilities"), (count,)),
        }
        for name, shape in expected.items():
            check_shape("Walk", name, getattr(self, name), shape)
        width = hidden * len(self.feature_parts())
        sizes = {"W_o": (count, width), "b_o": (count,)}
        if self.combined is not None:
            sizes |= {"W_c": (hidden, 2 * hidden), "b_c": (hidden,)}
        if not sizes.keys() <= self.parameters.keys():
            raise ValueError(f"Walk.parameters are {set(self.parameters)}, expected {set(sizes)}")
        if self.products is not None:
            sizes_of = np.shape(self.products.left), np.shape(self.products.right)
            if sizes_of[1] != (source, *sizes_of[0]):
                raise ValueError(f"Walk.products are of {sizes_of}, expected (N,) and (S, N)")
        for name, shape in sizes.items():
            check_shape("Walk", f"parameters[{name!r}]", self.parameters[name], shape)
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

    def feature_parts(self) -> dict[str, Array]:
        """Name to [H]: what the output layer reads, in its order."""
        parts = {"s_0": self.initial} if "output" in PEEKY[self.peeky] else {}
        if self.combined is not None:
            return parts | {"s̃": self.combined}
        if self.context is not None:
            parts["c"] = self.context
        return parts | {"s": self.state}

    @property
    def features(self) -> Array:
        """[F] what the output layer reads: H, 2H or 3H numbers."""
        return np.concatenate(list(self.feature_parts().values()))

    def powers(self) -> Powers:
        """The softmax of the scores in fractions, whether or not its weights were used."""
        scores = _of_attention(self, self.scores).astype(float)
        most = max(scores.max(), 0.0) if self.vacant else scores.max()
        # Up to here exp() is a number one can read.
        shift = 0.0 if np.abs(scores).max() <= 8 else float(most)
        powers = np.exp(scores - shift)
        # Without a vacant slot the shift may be so low that exp(-shift) is too large a number.
        empty = 0.0 if self.vacant == 0 else None
        if self.vacant:
            empty = self.vacant * math.exp(-shift)
        return Powers(powers, empty, float(powers.sum() + (empty or 0.0)), shift)

    def score_terms(self, place: int) -> Terms | None:
        """The products behind the score of source token `place`, 0-based; None if it is no sum."""
        total, sums = float(_of_attention(self, self.scores)[place]), self.products
        if sums is None:
            return None
        divisor = float(np.broadcast_to(sums.divisor, len(self.source))[place])
        return _terms(total, sums.part, sums.left, sums.right[place], divisor)

    def context_terms(self, unit: int) -> Terms:
        """Weight times encoder state, one term per source token, behind a unit of the context."""
        total = float(_of_attention(self, self.context)[unit])
        return _terms(total, "h", _of_attention(self, self.weights), self.memory[:, unit])

    def combine_terms(self, unit: int) -> Terms:
        """W_c times [c; s] behind a unit of s̃_t; the total is what the tanh is taken of."""
        if self.combined is None:
            raise ValueError(f"{self.model} has no attentional layer")
        bias = float(self.parameters["b_c"][unit])
        read = {"c": _of_attention(self, self.context), "s": self.state}
        return _linear(None, read, self.parameters["W_c"][unit], bias)

    def logit_terms(self, candidate: int) -> Terms:
        """W_o times the features behind the logit of a candidate, 0-based place in the list."""
        row, bias = (self.parameters[name][candidate] for name in ("W_o", "b_o"))
        return _linear(float(self.logits[candidate]), self.feature_parts(), row, float(bias))


def _of_attention(walk: Walk, values: Array | None) -> Array:
    if values is None:
        raise ValueError(f"{walk.model} has no attention")
    return values


def _linear(total: float | None, parts: Mapping[str, Array], row: Array, bias: float) -> Terms:
    """A row [F] of a linear layer times the parts [H] it reads; without a total, their sum."""
    names = [(name, unit) for name, part in parts.items() for unit in range(len(part))]
    found = _terms(0.0, "", row, np.concatenate(list(parts.values())))
    terms = tuple(Term(*names[term.place], term.factors, term.value) for term in found.terms)
    found = found._replace(terms=terms, bias=bias)
    return found._replace(total=found.sum() if total is None else total)


def _terms(total: float, part: str, left: Array, right: Array, divisor: float = 1.0) -> Terms:
    """Products of two rows [N], all of them or the largest."""
    left, right = left.astype(float), right.astype(float)
    values = left * right
    count = len(values)
    kept = range(count) if count <= WHOLE else np.argsort(-np.abs(values), kind="stable")[:LARGEST]
    terms = tuple(
        Term(part, int(i), (float(left[i]), float(right[i])), float(values[i])) for i in kept
    )
    rest = math.fsum(np.delete(values, list(kept)))
    return Terms(total, terms, rest, count - len(terms), divisor)

"""Sums written out: every product up to eight, else the six largest and the rest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from s2s.results.base import Array

WHOLE = 8
"""Up to this many terms, units or words are shown one and all."""
LARGEST = 6
"""Of more terms, so many of the largest are shown."""


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


def linear(total: float | None, parts: Mapping[str, Array], row: Array, bias: float) -> Terms:
    """A row [F] of a linear layer times the parts [H] it reads; without a total, their sum."""
    names = [(name, unit) for name, part in parts.items() for unit in range(len(part))]
    found = products_of(0.0, "", row, np.concatenate(list(parts.values())))
    terms = tuple(Term(*names[term.place], term.factors, term.value) for term in found.terms)
    found = found._replace(terms=terms, bias=bias)
    return found._replace(total=found.sum() if total is None else total)


def products_of(total: float, part: str, left: Array, right: Array, divisor: float = 1.0) -> Terms:
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

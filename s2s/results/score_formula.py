"""How one kind of attention is written: as a formula, as a sum, as lines of NumPy.

Letters and dimensions are those of `s2s.results.walk`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

Numbers = TypeVar("Numbers")


class Program(NamedTuple):
    """A score as NumPy expressions of s [H], h [S, H] and the parameters by their letters.

    Attributes:
        scores: [S]; may use query and keys.
        keys: [S, H], where the encoder states are not compared themselves.
        query: [H], where the decoder's state is not compared itself.
    """

    scores: str
    keys: str | None = None
    query: str | None = None


@dataclass(frozen=True)
class ScoreFormula:
    """How one kind of attention is written.

    Attributes:
        text: plain text.
        latex: the same.
        source: the paper that defines it, or "".
        query: what is compared on the decoder's side, without its index.
        keys: what is compared on the encoder's side, without its index.
        program: as NumPy; without one a program takes the scores as the model computed them.
        reads: whether it reads the encoder states at all.
    """

    text: str
    latex: str
    source: str = ""
    query: str = "s"
    keys: str = "h"
    program: Program | None = None
    reads: bool = True


@dataclass(frozen=True, eq=False)
class Products(Generic[Numbers]):
    """Scores written as sums: score j is the sum over n of left[n] right[j, n], over divisor[j].

    Attributes:
        part: the vector that is counted through, by its letter.
        left: [N].
        right: [S, N].
        divisor: [S], or 1.
    """

    part: str
    left: Numbers
    right: Numbers
    divisor: Numbers | float = 1.0

"""Gold links between source and target tokens, and how well attention weights find them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from s2s.errors import UserError
from s2s.results.trace import Trace
from s2s.text import label
from s2s.text.language import N_, later, tr

Link = tuple[int, int]
"""0-based (source, target) positions among the text's tokens; specials are not counted."""
SHIFTS = (-1, 0, 1)
COMPARED = {
    -1: N_("the token just read"), 0: N_("the token being written"), 1: N_("the token after that"),
}  # fmt: skip
"""What attention row t is compared with at each shift."""
CLEAR = 0.05
"""AERs that lie nearer to each other than this are called alike."""


@dataclass(frozen=True)
class GoldPair:
    """One sentence pair with its gold links.

    Attributes:
        source: the text's tokens, no specials.
        target: likewise.
        sure: links that must be found (S of Och & Ney 2003).
        possible: links that may be found (P); the sure ones are always among them.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    sure: frozenset[Link]
    possible: frozenset[Link]

    def __post_init__(self) -> None:
        """Put the sure links among the possible ones; refuse a link outside the tokens."""
        object.__setattr__(self, "possible", self.possible | self.sure)
        for s, t in sorted(self.possible):
            if not (0 <= s < len(self.source) and 0 <= t < len(self.target)):
                raise UserError(
                    later(
                        "The link [{s}, {t}] lies outside {source} source and {target} target "
                        "tokens; links count from 0.",
                        s=s,
                        t=t,
                        source=len(self.source),
                        target=len(self.target),
                    )
                )

    def linked(self) -> frozenset[int]:
        """Target positions that have a link."""
        return frozenset(t for _, t in self.possible)


class ShiftScore(NamedTuple):
    """Attention rows against gold links at one shift; None where there is nothing to divide by.

    Attributes:
        shift: row t is compared with the links of token t + shift.
        tokens: target tokens that were compared, each with one predicted link.
        aer: alignment error rate, 0 (best) to 1.
        precision: share of predicted links that are possible.
        recall: share of sure links that were predicted.
        mass: attention weight on a token's possible links, mean over the tokens, 0 to 1.
    """

    shift: int
    tokens: int
    aer: float | None
    precision: float | None
    recall: float | None
    mass: float | None


@dataclass(frozen=True)
class Alignment:
    """How well a model's attention finds gold links.

    Attributes:
        model: the checkpoint's name.
        pairs: how many sentence pairs.
        linked_only: target tokens without a gold link were left out, not counted as mistakes.
        unknown: tokens that were read or forced as the unknown token.
        chance: the expected AER of a link drawn evenly from the source tokens, at shift 0.
        shifts: a score for each of SHIFTS, in that order.
    """

    model: str
    pairs: int
    linked_only: bool
    unknown: int
    chance: float
    shifts: tuple[ShiftScore, ...]

    def __post_init__(self) -> None:
        """Check that every shift has its score."""
        found = tuple(score.shift for score in self.shifts)
        if found != SHIFTS:
            raise ValueError(f"Alignment has shifts {found}, expected {SHIFTS}")

    def at(self, shift: int) -> ShiftScore:
        """The score at a shift."""
        return self.shifts[SHIFTS.index(shift)]

    @property
    def best(self) -> int | None:
        """The shift whose AER is clearly the lowest of all and clearly below chance, else None."""
        known = sorted((s.aer, abs(s.shift), s.shift) for s in self.shifts if s.aer is not None)
        if not known or known[0][0] > self.chance - CLEAR:
            return None
        if len(known) > 1 and known[1][0] - known[0][0] < CLEAR:
            return None
        return known[0][2]

    def says(self) -> str:
        """What the three AERs mean, in one sentence."""
        numbers = ", ".join(
            f"{_signed(s.shift)}: {'–' if s.aer is None else f'{s.aer:.2f}'}" for s in self.shifts
        )
        lowest = min((s.aer for s in self.shifts if s.aer is not None), default=1.0)
        if lowest > self.chance - CLEAR:
            meaning = tr("No row finds the links of a neighbouring token better than guessing does "
                         "({chance:.2f})", chance=self.chance)  # fmt: skip
        elif self.best is None:
            meaning = tr("No one shift fits clearly better than the others")
        elif self.best == 0:
            meaning = tr("Rows look at what they write: each fits the token being written best")
        elif self.best < 0:
            meaning = tr("Rows come one step late: each fits the token just read best")
        else:
            meaning = tr("Rows run one step ahead: each fits the token after the one it writes "
                         "best")  # fmt: skip
        return tr("{meaning} (AER by shift {numbers}).", meaning=meaning, numbers=numbers)


def _signed(shift: int) -> str:
    return {-1: "−1", 0: "0", 1: "+1"}[shift]


@dataclass(frozen=True, eq=False)
class AlignedSentence:
    """One pair, forced through a model, beside its gold links.

    Attributes:
        trace: every output token forced, specials included.
        gold: the links, counted without specials.
        first_row: the trace's row that writes the first target token.
    """

    trace: Trace
    gold: GoldPair
    first_row: int

    def __post_init__(self) -> None:
        """Check that the gold's tokens fit the trace."""
        first, row = self.trace.reading.first, self.first_row
        room = len(self.trace.source) - first, self.trace.steps - row
        if len(self.gold.source) > room[0] or len(self.gold.target) > room[1]:
            raise ValueError(
                f"AlignedSentence has {len(self.gold.source)} source and {len(self.gold.target)} "
                f"target tokens, the trace has room for {room[0]} and {room[1]}"
            )
        if self.trace.attention is None:
            raise ValueError(f"{label(self.trace.model)} has no attention")

    def cells(self, links: frozenset[Link]) -> list[tuple[int, int]]:
        """Links as (row, column) of the trace's attention map, top to bottom."""
        first = self.trace.reading.first
        return sorted((t + self.first_row, s + first) for s, t in links)

    @property
    def sure(self) -> list[tuple[int, int]]:
        """(row, column) of the sure links."""
        return self.cells(self.gold.sure)

    @property
    def only_possible(self) -> list[tuple[int, int]]:
        """(row, column) of the possible links that are not sure."""
        return self.cells(self.gold.possible - self.gold.sure)

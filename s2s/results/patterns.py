"""Which units are on for a phrase, and where else (after LSTMVis, Strobelt et al. 2018)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from s2s.results.base import Array, check_shape
from s2s.results.state_corpus import SideStates

BLOCK = 8192
"""States compared at once."""


@dataclass(frozen=True, eq=False)
class UnitPattern:
    """The units of one side that are on at every token of a phrase and at no other of its sentence.

    Attributes:
        places: the phrase, 0-based tokens, rising.
        threshold: a unit is on from this value on.
        units: U numbers, the one that is on most first.
        states: how many states of other sentences were looked through.
    """

    places: tuple[int, ...]
    threshold: float
    units: tuple[int, ...]
    here: Array
    """[U] mean value over the phrase."""
    rates: Array
    """[U] share of the corpus's states in which it is on."""
    states: int

    def __post_init__(self) -> None:
        """Check every shape against U."""
        check_shape(self, "here", self.here, (len(self.units),))
        check_shape(self, "rates", self.rates, (len(self.units),))


def unit_pattern(
    states: Array, places: Collection[int], threshold: float, part: SideStates
) -> UnitPattern:
    """Find the units.

    Args:
        states: [N, M] of the sentence, on one side.
        places: of the phrase.
        threshold: see `UnitPattern`.
        part: the corpus's states of that side.

    Raises:
        ValueError: no place, or one that the sentence lacks.
    """
    inside = np.zeros(len(states), dtype=bool)
    inside[sorted(places)] = True
    if not places or min(places) < 0:
        raise ValueError(f"A phrase has at least one place, from 0 on, not {sorted(places)}")
    on = states >= threshold
    exact = on[inside].all(axis=0) & ~on[~inside].any(axis=0)
    here = states[inside].mean(axis=0)
    units = np.flatnonzero(exact)
    units = units[np.argsort(-here[units], kind="stable")]
    return UnitPattern(
        tuple(sorted(places)), threshold, tuple(units.tolist()), here[units],
        rates(part, threshold, units), len(part),
    )  # fmt: skip


def rates(part: SideStates, threshold: float, units: NDArray[np.integer]) -> Array:
    """[U] share of the states in which each unit is on."""
    total = np.zeros(len(units))
    for start in range(0, len(part), BLOCK):
        total += (part.states[start : start + BLOCK, units] >= threshold).sum(axis=0)
    return total / max(len(part), 1)


def elsewhere(
    part: SideStates, units: Collection[int], threshold: float, count: int
) -> list[tuple[int, int]]:
    """States in which most of the units are on at once, each of another sentence, the most first.

    Returns:
        (state, units on) of at most `count` states; of equals the first; none with no unit on.
    """
    if not units:
        return []
    on = np.zeros(len(part))
    chosen = sorted(units)
    for start in range(0, len(part), BLOCK):
        on[start : start + BLOCK] = (part.states[start : start + BLOCK, chosen] >= threshold).sum(1)
    return [(n, int(on[n])) for n in _each_sentence_once(part, -on, count) if on[n]]


def contexts(part: SideStates, unit: int, count: int) -> tuple[list[int], list[int]]:
    """The states in which a unit is most and least active, each of another sentence."""
    values = part.states[:, unit].astype(np.float32)
    return _each_sentence_once(part, -values, count), _each_sentence_once(part, values, count)


def _each_sentence_once(part: SideStates, low: Array, count: int) -> list[int]:
    """States with the lowest numbers, one of each sentence."""
    first = np.flatnonzero(np.diff(part.sentence, prepend=-1))
    best = np.minimum.reduceat(low, first)
    ends = np.append(first[1:], len(low))
    found = []
    for n in np.argsort(best, kind="stable")[:count]:
        found.append(int(first[n] + low[first[n] : ends[n]].argmin()))
    return found

"""How far to trust one answer, in words; nothing where nothing speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from s2s.results.trust import Doubt, Trust
from s2s.text import label

VERDICTS = {"outside": "Outside what it learned.", "twice": "Look twice."}
MOST_NAMES = 4
HELP = (
    "From what was read and written, never from a probability: being sure is not being right. It "
    "knows the length and the shapes of the training, the vocabulary, and where attention went. "
    "Most wrong answers give no such sign: no line here is no proof."
)


class Told(NamedTuple):
    """A line: a verdict, and the facts behind it."""

    verdict: str
    facts: str


def told(trust: Trust, unit: str = "token") -> Told | None:
    """The line; None where nothing speaks against the answer.

    Args:
        trust: what was found.
        unit: what a source token is called.
    """
    if not trust.doubts:
        return None
    facts = " ".join(say(doubt, unit) for doubt in trust.doubts)
    return Told(VERDICTS[trust.verdict], facts)


def say(doubt: Doubt, unit: str = "token") -> str:
    """One reason, in a sentence."""
    return SAYS[doubt.kind](doubt, unit)


def _names(tokens: Sequence[str]) -> str:
    shown = [f"“{label(token, 24)}”" for token in tokens[:MOST_NAMES]]
    more = len(tokens) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


SAYS: dict[str, Callable[[Doubt, str], str]] = {
    "shape": lambda doubt, unit: doubt.why,
    "length": lambda doubt, unit: (
        f"{doubt.size} {unit}s: it was trained on at most {doubt.limit}."
    ),
    "impossible": lambda doubt, unit: doubt.why,
    "repeat": lambda doubt, unit: f"It goes in circles: {_names(doubt.tokens)} again and again.",
    "no_end": lambda doubt, unit: (
        f"It wrote no end token within {doubt.size} tokens, its limit, so the answer is cut."
    ),
    "unknown": lambda doubt, unit: f"It has never seen {_names(doubt.tokens)}.",
    "dropped": lambda doubt, unit: (
        f"It cannot read {_names(doubt.tokens)} and left "
        f"{'them' if len(doubt.tokens) > 1 else 'it'} out."
    ),
    "overlooked": lambda doubt, unit: f"Nothing it wrote looked at {_names(doubt.tokens)}.",
}  # fmt: skip

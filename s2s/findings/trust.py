"""How far to trust one answer, in words; nothing where nothing speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from s2s.results.trust import Doubt, Trust
from s2s.text import label
from s2s.text.language import N_, tr

VERDICTS = {"outside": N_("Outside what it learned."), "twice": N_("Look twice.")}
MOST_NAMES = 4
HELP = N_(
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
    return Told(tr(VERDICTS[trust.verdict]), facts)


def say(doubt: Doubt, unit: str = "token") -> str:
    """One reason, in a sentence."""
    return SAYS[doubt.kind](doubt, unit)


def _names(tokens: Sequence[str]) -> str:
    shown = [f"“{label(token, 24)}”" for token in tokens[:MOST_NAMES]]
    more = len(tokens) - len(shown)
    if more:
        return tr("{items} and {n} more", items=", ".join(shown), n=more)
    *first, last = shown
    return tr("{items} and {last}", items=", ".join(first), last=last) if first else last


LENGTH = {
    "token": N_("{n} tokens: it was trained on at most {limit}."),
    "character": N_("{n} characters: it was trained on at most {limit}."),
    "letter": N_("{n} letters: it was trained on at most {limit}."),
}
SAYS: dict[str, Callable[[Doubt, str], str]] = {
    "shape": lambda doubt, unit: tr(doubt.why),
    "length": lambda doubt, unit: tr(LENGTH[unit], n=doubt.size, limit=doubt.limit),
    "impossible": lambda doubt, unit: tr(doubt.why),
    "repeat": lambda doubt, unit: tr(
        "It goes in circles: {tokens} again and again.", tokens=_names(doubt.tokens)
    ),
    "no_end": lambda doubt, unit: tr(
        "It wrote no end token within {n} tokens, its limit, so the answer is cut.", n=doubt.size
    ),
    "unknown": lambda doubt, unit: tr("It has never seen {tokens}.", tokens=_names(doubt.tokens)),
    "dropped": lambda doubt, unit: tr(
        N_("It cannot read {tokens} and left them out.")
        if len(doubt.tokens) > 1 else N_("It cannot read {tokens} and left it out."),
        tokens=_names(doubt.tokens),
    ),
    "overlooked": lambda doubt, unit: tr(
        "Nothing it wrote looked at {tokens}.", tokens=_names(doubt.tokens)
    ),
}  # fmt: skip

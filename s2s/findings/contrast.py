"""Why this token and not that one, and what it takes to change it: in sentences."""

from __future__ import annotations

import math

import numpy as np

from s2s.results.contrast import Contrast
from s2s.results.smallest_edit import SmallestEdit, Way
from s2s.text import label
from s2s.text.numbers import number, percent, rounded

LARGEST = 700.0
"""A larger ratio does not fit a float."""
FAINTEST = 0.05
"""Nats; less is not told."""


def contrast_finding(found: Contrast) -> str:
    """What speaks most for the chosen token, and what for the other."""
    chosen, other = (f"“{label(token, 24)}”" for token in (found.chosen, found.other))
    ratio = rounded(math.exp(min(abs(found.score), LARGEST)))
    how = "times as likely as" if found.score >= 0 else "times less likely than"
    told = (
        f"{chosen} ({percent(found.probability)}) is {ratio} {how} {other} "
        f"({percent(found.other_probability)})."
    )
    values = found.leave_one_out
    if not np.isfinite(values).any():
        return told
    parts = []
    for place, name, speaks in (
        (int(np.nanargmax(values)), chosen, values > 0),
        (int(np.nanargmin(values)), other, values < 0),
    ):
        if speaks[place] and abs(float(values[place])) >= FAINTEST:
            nats = number(abs(float(values[place])), 1)
            parts.append(f"“{label(found.source[place], 24)}” speaks most for {name} ({nats} nats)")
    if not parts:
        return told
    return f"{told} Left out one at a time, {' and '.join(parts)}."


def completeness(found: Contrast) -> str:
    """What the integrated gradients add up to, and how far they miss it."""
    return (
        f"The integrated gradients add up to {number(found.score - found.baseline, 2)} nats, from "
        f"all-zero inputs to this sentence, and miss that by {rounded(abs(found.residual()))}"
        f" ({found.points} points)."
        + ("" if found.complete() else " They did not settle: treat them with care.")
    )


def edit_finding(found: SmallestEdit) -> str:
    """How little it takes."""
    chosen = f"“{label(found.chosen, 24)}” ({percent(found.probability)})"
    if not found.ways:
        return f"None of {found.tried} edits of one or two words changes {chosen}."
    what = "One word" if found.size == 1 else "Two words"
    more = "" if found.size == 1 else ", no single one of those tried"
    return f"{what} left out or replaced change{'s' * (found.size == 1)} {chosen}{more}."


def way(found: Way) -> str:
    """One way: what is done to which word."""
    return ", ".join(
        f"without “{label(edit.old, 24)}”"
        if edit.kind == "drop"
        else f"“{label(edit.new, 24)}” for “{label(edit.old, 24)}”"
        for edit in sorted(found.edits, key=lambda edit: edit.place)
    )

"""Why this token and not that one, and what it takes to change it: in sentences."""

from __future__ import annotations

import math

import numpy as np

from s2s.results.contrast import Contrast
from s2s.results.smallest_edit import SmallestEdit, Way
from s2s.text import label
from s2s.text.language import N_, tr
from s2s.text.numbers import number, percent, rounded

LARGEST = 700.0
"""A larger ratio does not fit a float."""
FAINTEST = 0.05
"""Nats; less is not told."""


def contrast_finding(found: Contrast) -> str:
    """What speaks most for the chosen token, and what for the other."""
    chosen, other = (f"“{label(token, 24)}”" for token in (found.chosen, found.other))
    ratio = rounded(math.exp(min(abs(found.score), LARGEST)))
    told = tr(
        (
            N_("{chosen} ({own}) is {ratio} times as likely as {other} ({its}).")
            if found.score >= 0
            else N_("{chosen} ({own}) is {ratio} times less likely than {other} ({its}).")
        ),
        chosen=chosen, other=other, ratio=ratio, own=percent(found.probability),
        its=percent(found.other_probability),
    )  # fmt: skip
    values = found.leave_one_out
    if not np.isfinite(values).any():
        return told
    parts = []
    for place, name, speaks in (
        (int(np.nanargmax(values)), chosen, values > 0),
        (int(np.nanargmin(values)), other, values < 0),
    ):
        if speaks[place] and abs(float(values[place])) >= FAINTEST:
            parts.append(tr(
                "{word} speaks most for {token} ({size} nats)",
                word=f"“{label(found.source[place], 24)}”", token=name,
                size=number(abs(float(values[place])), 1),
            ))  # fmt: skip
    if not parts:
        return told
    both = tr("{items} and {last}", items=parts[0], last=parts[1]) if len(parts) > 1 else parts[0]
    return f"{told} {tr('Left out one at a time, {found}.', found=both)}"


def completeness(found: Contrast) -> str:
    """What the integrated gradients add up to, and how far they miss it."""
    told = tr(
        "The integrated gradients add up to {sum} nats, from all-zero inputs to this sentence, and "
        "miss that by {miss} ({n} points).",
        sum=number(found.score - found.baseline, 2), miss=rounded(abs(found.residual())),
        n=found.points,
    )  # fmt: skip
    if found.complete():
        return told
    return f"{told} {tr('They did not settle: treat them with care.')}"


def edit_finding(found: SmallestEdit) -> str:
    """How little it takes."""
    chosen = f"“{label(found.chosen, 24)}” ({percent(found.probability)})"
    if not found.ways:
        return tr("None of {n} edits of one or two words changes {token}.", n=found.tried,
                  token=chosen)  # fmt: skip
    if found.size == 1:
        return tr("One word left out or replaced changes {token}.", token=chosen)
    return tr(
        "Two words left out or replaced change {token}, no single one of those tried.",
        token=chosen,
    )


def way(found: Way) -> str:
    """One way: what is done to which word."""
    return ", ".join(
        tr("without {old}", old=f"“{label(edit.old, 24)}”")
        if edit.kind == "drop"
        else tr("{new} for {old}", new=f"“{label(edit.new, 24)}”", old=f"“{label(edit.old, 24)}”")
        for edit in sorted(found.edits, key=lambda edit: edit.place)
    )

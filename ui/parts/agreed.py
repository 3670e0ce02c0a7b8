"""Whether a sentence's attention can be trusted: checked on one page, kept wherever it is shown."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from s2s.decoding.whatif import WhatIf
from s2s.plots.agreement import verdict_words
from s2s.results import Agreement, Source
from s2s.text.language import tr
from s2s.text.numbers import number
from ui.cached.gradients import Target
from ui.frame import link
from ui.frame.model import Model
from ui.parts import on_demand
from ui.parts.gradient_lines import shown_of

CHECK = "agreement"


def key(chosen: Model, text: Source, target: Target, of: str) -> tuple[Hashable, ...]:
    """Everything the check depends on."""
    return chosen.key, text, target, of


def told(found: Agreement, step: int) -> str:
    """The verdict of a step, in three words and a number."""
    verdict, median = found.verdict(step), found.median(step)
    said = tr(verdict) if verdict else tr("Cannot be said")
    if median is None:
        return said
    return tr("{verdict}, median τ {tau}", verdict=said, tau=number(median, 2))


def of_steps(chosen: Model, what: WhatIf) -> list[dict[str, Any]]:
    """What is said of each step, where the address asks for it and it was computed; else nothing.

    Args:
        chosen: the model.
        what: its answer.
    """
    if what.trace.attention is None or link.VERDICT not in link.view():
        return []
    asked = key(chosen, what.source, what.trace.imposed, shown_of())
    found = on_demand.known(CHECK, asked)
    if found is None:
        return []
    return [{"verdict": told(found, t), "facts": verdict_words(found, t)}
            for t in range(what.trace.steps)]  # fmt: skip

"""The step view of the first page: a real answer, written once before the visitor's eyes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from s2s.errors import UserError
from s2s.plots.step_data import step_data
from ui import cached
from ui.frame.choice import link_to
from ui.frame.model import Model, models
from ui.parts import notes
from ui.stepper import small_view
from ui.views.start.cards import FRENCH, KEYS

BELOW = 282
"""Px of the window that the cards below the step view need."""


def show() -> None:
    """The sentence about the keys; without its model, what another one writes."""
    usable = [model for model in models() if not model.entry.problem]
    for model in sorted(usable, key=lambda model: model.name != FRENCH):
        text = KEYS if model.name == FRENCH else model.task.examples[0]
        try:
            small_view(_data(model, text), "start_view")
        except UserError:  # a model of somebody's own that cannot read its task's example
            continue
        return


def _data(model: Model, text: str) -> dict[str, Any]:
    trace = cached.what_if(model.key, text).trace
    rest = notes.last_word(trace)
    data = step_data(trace, notes.names(trace, model), notes.shape(model.config), rest)
    own = f"translate?{urlencode(link_to(model.task.name, model.variant))}"
    return data | {"small": {"rest": rest, "below": BELOW, "own": own}}

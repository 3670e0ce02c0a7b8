"""The figure beside a question, and the link to the page that has it in full."""

from __future__ import annotations

import streamlit as st

from s2s.lessons.check import page
from s2s.lessons.figures import Steps, figure
from s2s.lessons.fill import Filled, plain_text
from s2s.lessons.looks import Looks
from s2s.plots.step_data import step_data
from s2s.text.language import tr
from ui.cached import Key
from ui.cached.shared import shared_cache
from ui.frame.choice import link_to
from ui.frame.model import Model
from ui.frame.navigation import titles
from ui.frame.theme import palette
from ui.parts import notes
from ui.stepper import small_view
from ui.views.lessons.state import At

WIDTH = 640
"""Px for which a figure is set; the page stretches it."""
WIDE = ("beam",)
"""Views that are as wide as they need."""
BELOW = 64
"""Px of the window that the line under the figure needs."""


@shared_cache(max_entries=2)
def looks(keys: tuple[Key, ...]) -> Looks:
    """What these models say, for all visitors; a model that changed has another key."""
    from ui import cached

    there = {key.name: key for key in keys}
    entries = {entry.name: entry for entry in cached.entries() if entry.name in there}
    return Looks(entries, lambda name: cached.system(there[name]))


def show(
    place: At, filled: Filled, said: Looks, models: dict[str, Model], alone: bool = True
) -> None:
    """Draw the figure of a question as it stands, and the way to the whole page.

    Args:
        place: where the visitor is.
        filled: the question.
        said: what the models say.
        models: by name.
        alone: nobody is followed, so that the way there is not out of the room.
    """
    step = place.lesson.steps[place.question]
    view = step.view if place.shown else step.before
    drawn = figure(place.lesson, view, said, palette(), WIDTH)
    if isinstance(drawn, Steps):
        model = models[drawn.trace.model]
        data = step_data(
            drawn.trace, notes.names(drawn.trace, model), notes.shape(model.config), drawn.step,
            hidden=drawn.hidden,
        )  # fmt: skip
        until = drawn.step if drawn.hidden else None
        small_view(
            data | {"small": {"lesson": True, "until": until, "below": BELOW}}, "lesson_view"
        )
    else:
        # A figure that keeps its px per step scrolls; the others take the width that there is.
        wide = view.kind in WIDE
        with st.container(border=True, key=f"{'scroll-' * wide}lesson-figure"):
            alt = plain_text(filled.takeaway if place.shown else filled.question)
            st.vega_lite_chart(
                drawn, theme=None, width="content" if wide else "stretch", alt=alt,
                key=f"lesson-chart-{view.kind}",
            )  # fmt: skip
    if not alone:
        return
    name, model_name, text, at = page(place.lesson, step.page, said)
    query = {}
    if model_name:
        task, variant = model_name.split("/", 1)
        query = link_to(task, variant, text) | ({"step": str(at)} if at else {})
    with st.container(horizontal=True, horizontal_alignment="distribute", key="lesson-below"):
        st.caption(tr("The picture is the real model: press anything in it."), width="content")
        st.page_link(
            f"pages/{name}.py", label=tr("Open in {page} →", page=titles()[name]),
            query_params=query, width="content",
        )  # fmt: skip

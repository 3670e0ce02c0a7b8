"""Below the gradients: what the states hold, what is left of each input, how it came about."""

from __future__ import annotations

import streamlit as st

from s2s.plots.palette import Palette
from s2s.results import Source
from s2s.text.language import N_, tr
from ui.cached.gradients import Target
from ui.frame import link
from ui.frame.model import Model, known
from ui.parts import replay, training_curves
from ui.parts.export import TakeAway
from ui.views.gradients import influence, paths, states

PANELS = {
    "states": N_("What the states hold"),
    "paths": N_("Two ways back"),
    "influence": N_("What is left of each input"),
    "history": N_("While it learned"),
    "replay": N_("Epoch by epoch"),
}


def show(
    chosen: Model, others: list[Model], text: Source, target: Target, step: int,
    palette: Palette, take: TakeAway,
) -> None:  # fmt: skip
    """One panel at a time, computed when it is asked for.

    Args:
        chosen: the model of the page.
        others: the models beside it.
        text: the source.
        target: what the chosen model is forced to write.
        step: the picked output token.
        palette: the theme's colours.
        take: the page's menu of files.
    """
    names = dict(PANELS)
    if not chosen.history.state_gradients:
        del names["history"]
    if not any(model.kept_epochs for model in (chosen, *others)):
        del names["replay"]
    st.subheader(tr("Look further"))
    asked = st.segmented_control(
        tr("Look further"), list(names), format_func=lambda name: tr(names[name]),
        label_visibility="collapsed", **link.one_of("further", names, None, names.__getitem__),
    )  # fmt: skip
    if asked == "states":
        states.show(chosen, text, target, step, palette, take)
    elif asked == "paths":
        paths.show([chosen, *others], text, target, step, palette, take)
    elif asked == "influence":
        influence.show([chosen, *others], text, target, step, palette, take)
    elif asked == "history" and asked in names:
        training_curves.gradients(chosen, known(), palette, take)
    elif asked == "replay" and asked in names:
        replay.of_models([chosen, *others], others, palette, "gradients_replay")
    else:
        st.caption(tr("Press one of them: the recurrent states unit by unit with their gates; "
                   "the gradient’s two ways back, through attention and through the states; how "
                   "much of each input is left in the states and in the context."))  # fmt: skip

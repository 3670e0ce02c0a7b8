"""Translate: how does the model write this sentence, step by step, and where does it look?"""

from ui import navigation

navigation.ensure()

import streamlit as st

from s2s import plots
from s2s.errors import UserError
from s2s.results import Trace
from ui import cached, choice, export, notes
from ui.theme import both_widths, chart, palette
from ui.words import plain


@st.fragment
def stepping(trace: Trace, chosen: choice.Choice) -> None:
    """Everything that changes with the step; only this runs again when it does."""
    model, task, colours = chosen.entry.about["model"], chosen.task, palette()
    with st.container(border=True, key="card"):
        readout = st.container(key="readout")
        flow, candidates = st.columns([2.4, 1], gap="medium")
        picture = flow.container()
        with flow:
            step = choice.step(trace)
        with readout:
            notes.show_readout(plots.readout(trace, step, model["peeky"] != "none"))
        with picture:
            both_widths(
                "lanes",
                lambda width: plots.lanes(
                    trace, step, colours, width, task.source_name, task.target_name,
                    notes.source_note(trace, task),
                ),
                wide=700,
                narrow=330,
            )  # fmt: skip
        with candidates:
            size, heading = model["target_vocabulary"], f"Next {task.unit}"
            chart(plots.candidate_bars(trace, step, colours, size, heading), "candidates")
    st.caption(notes.below(trace, chosen))
    if trace.attention is None:
        st.info(
            "No attention map: after reading, this model keeps one vector and never looks back "
            "at the source. Pick a model with attention to see where it looks."
        )
    else:
        st.subheader("The whole map")
        both_widths(
            "map",
            lambda width: plots.attention_map(trace, colours, step, width, compact=width < 500),
            wide=1000,
            narrow=350,
        )
    export.steps_csv(trace)


chosen = choice.sidebar()
if chosen is None:
    st.title("Translate")
    st.warning("There are no models yet. Make one: `python -m s2s train reverse --name mine`")
    st.stop()
choice.heading("Translate", chosen)
if chosen.entry.problem:
    st.error(f"{plain(chosen.entry.problem)} The other models work.")
    st.stop()
text = choice.sentence(chosen.task)
try:
    trace = cached.trace(*chosen.key, text)
except UserError as error:
    st.warning(plain(str(error)))
    before = choice.last_good(chosen)
    if before:
        with st.container(key="stale"):
            st.caption(f"Still the answer to: {plain(before)}")
            stepping(cached.trace(*chosen.key, before), chosen)
else:
    choice.remember(chosen, text)
    stepping(trace, chosen)

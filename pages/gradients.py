"""Gradients: what reaches back through time, and can a row of attention be trusted?"""

from ui import navigation

navigation.ensure()

import streamlit as st

from s2s.plots.flow_curves import flow_curves
from s2s.plots.flow_finding import flow_finding
from s2s.plots.labels import percent
from s2s.whatif import WhatIf
from ui import (
    choice,
    edits,
    gradients_help,
    gradients_maps,
    gradients_more,
    notes,
    sentence_page,
)
from ui import gradients_pick as pick
from ui import gradients_verdict as verdict
from ui.choice import Choice
from ui.theme import palette
from ui.token_picker import plain_token, token
from ui.words import escaped, plain


@st.fragment
def explore(chosen: Choice, others: dict[str, Choice], text: str) -> None:
    """All figures; only this runs again while tokens and scales are picked."""
    sentence_page.answer(chosen, text, lambda read, what: show(chosen, others, read, what))


def show(chosen: Choice, others: dict[str, Choice], text: str, what: WhatIf) -> None:
    """Token, finding, curves, maps, verdict, and what the states hold."""
    trace = what.trace
    # Edited in any way, it is an answer that the model did not come to by itself.
    target = trace.output if trace.forced or trace.attended else None
    step = token(trace, notes.last_word(trace))
    said = st.container(key="readout")
    with st.container(horizontal=True, vertical_alignment="bottom", key="gradient-controls"):
        drawn = pick.beside(chosen, others)
        look = pick.look(chosen)
    lines, missing = pick.lines(chosen, drawn, what.text, trace, target, look)
    parts = flow_finding(lines, step, trace.attention)
    with said:
        st.markdown("".join(
            escaped(part.text) if part.kind == "plain"
            else f"**{plain_token(part.text) if part.kind == 'token' else part.text}**"
            for part in parts
        ))  # fmt: skip
    finding = "".join(part.text for part in parts)
    chart = flow_curves(lines, step, palette(), look.scale, look.axis)
    with st.container(key="flow-curves"):
        st.vega_lite_chart(chart, theme=None, width="stretch", key="flow", alt=finding)
    sure = ", ".join(
        f"{plain(line.name)} {percent(float(line.flow.probabilities[step]))}" for line in lines
    )
    if trace.attended:
        missing.append("Weights that were set by hand are not in the gradients: they are its own.")
    st.caption(" ".join([f"Probability of this token: {sure}.", *missing]))
    edits.reference_field(chosen.task.target_name, chosen.key, text)
    reached = gradients_maps.show(chosen, trace, lines, step, palette())
    verdict.show(chosen, what.text, target, trace, step, look.of, palette())
    gradients_more.show(chosen, drawn, what.text, target, step, palette())
    gradients_maps.take(chosen, text, lines, {"curves": chart, "map": reached})


chosen = sentence_page.arrive("Gradients")
explore(chosen, pick.others_of(chosen), choice.sentence(chosen.task))
gradients_help.show()

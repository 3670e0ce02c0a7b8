"""Gradients: what reaches back through time, and can a row of attention be trusted?"""

from ui import navigation

navigation.ensure()

import streamlit as st

from s2s.errors import UserError
from s2s.plots.flow_curves import flow_curves
from s2s.plots.flow_finding import flow_finding
from s2s.plots.labels import percent
from s2s.whatif import WhatIf
from ui import cached, choice, edits, gradients_help, gradients_maps, gradients_more, notes
from ui import gradients_pick as pick
from ui import gradients_verdict as verdict
from ui.choice import Choice
from ui.theme import palette
from ui.token_picker import plain_token, token
from ui.words import escaped, plain


@st.fragment
def explore(chosen: Choice, others: dict[str, Choice], text: str) -> None:
    """All figures; only this runs again while tokens and scales are picked."""
    try:
        what = edits.apply(chosen.key, text)
    except UserError as error:
        st.warning(plain(str(error)))
        before = choice.last_good(chosen)
        if before:
            with st.container(key="stale"):
                st.caption(f"Still the answer to: {plain(before)}")
                show(chosen, others, before, edits.apply(chosen.key, before))
        return
    choice.remember(chosen, text)
    problem = edits.problem()
    if problem:
        st.warning(plain(problem))
    show(chosen, others, text, what)


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


cached.settle()
chosen = choice.sidebar()
if chosen is None:
    st.title("Gradients")
    st.warning("There are no models yet. Make one: `python -m s2s train reverse --name mine`")
    st.stop()
choice.heading("Gradients", chosen)
if chosen.entry.problem:
    st.error(f"{plain(chosen.entry.problem)} The other models work.")
    st.stop()
explore(chosen, pick.others_of(chosen), choice.sentence(chosen.task))
gradients_help.show()

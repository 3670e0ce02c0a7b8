"""Gradients: what reaches back through time, and can a row of attention be trusted?"""

from ui.frame import navigation

navigation.ensure()

from functools import partial

import streamlit as st

from s2s.decoding.whatif import WhatIf
from s2s.errors import UserError
from s2s.findings.gradient_flow import flow_finding
from s2s.plots.flow_curves import flow_curves
from s2s.text.language import tr
from s2s.text.numbers import percent
from ui import words
from ui.frame import choice, edits, sentence_page
from ui.frame.model import Model
from ui.frame.theme import palette
from ui.markdown import escaped, plain
from ui.parts import gradient_lines as pick
from ui.parts import notes, trust, why_not
from ui.parts.export import TakeAway
from ui.parts.token_picker import plain_token, token
from ui.views.gradients import help, maps, more, verdict


def show(chosen: Model, drawn: list[Model], text: str, what: WhatIf) -> None:
    """Token, finding, curves, maps, verdict, and what the states hold."""
    trace, take = what.trace, TakeAway()
    target, last = trace.imposed, notes.last_word(trace)
    step = token(trace, choice.opening_step(chosen.task, "gradients", text, trace.steps, last))
    said = st.container(key="readout")
    trust.line(chosen, trace)
    figure = st.container(key="flow-curves")
    with figure, st.container(key="flow-view", width="content"):
        look = pick.look(chosen)
    try:
        lines, missing = pick.lines(chosen, drawn, what.source, trace, target, look)
    except UserError as error:
        st.warning(plain(str(error)))
        verdict.show(chosen, what.source, target, trace, step, look.of, palette(), take)
        more.show(chosen, drawn, what.source, target, step, palette(), take)
        take.show(chosen, text)
        return
    parts = flow_finding(lines, step, trace.attention)
    with said:
        st.markdown("".join(
            escaped(part.text) if part.kind == "plain"
            else f"**{plain_token(part.text) if part.kind == 'token' else part.text}**"
            for part in parts
        ))  # fmt: skip
    finding = "".join(part.text for part in parts)
    chart = flow_curves(lines, step, palette(), look.scale, look.axis)
    with figure:
        st.vega_lite_chart(chart, theme=None, width="stretch", key="flow", alt=finding)
    sure = ", ".join(
        f"{plain(line.name)} {percent(float(line.flow.probabilities[step]))}" for line in lines
    )
    if trace.attended:
        missing.append(
            tr("Weights that were set by hand are not in the gradients: they are its own.")
        )
    st.caption(" ".join([tr("Probability of this token: {sure}.", sure=sure), *missing]))
    edits.reference_field(chosen.task.target_name, chosen.key, text)
    reached = maps.show(chosen, text, trace, lines, step, palette())
    verdict.show(chosen, what.source, target, trace, step, look.of, palette(), take)
    why_not.show(chosen, text, trace, step, palette(), take, what.source, target, edits.current())
    more.show(chosen, drawn, what.source, target, step, palette(), take)
    maps.offer(take, chosen, lines, {"curves": chart, "map": reached})
    words.line("vanishing gradient", "log odds", "saliency", "attention", "Peeky")
    take.show(chosen, text)


chosen, head = sentence_page.arrive(tr("Gradients"), scored=False)
beside = pick.beside(chosen, head)
sentence_page.explore(chosen, "gradients", partial(show, chosen, beside))
help.show()

"""Translate: how does the model write this sentence, step by step, and where does it look?"""

from ui.frame import navigation

navigation.ensure()

from functools import partial
from urllib.parse import urlencode

import streamlit as st

from s2s.decoding.whatif import WhatIf
from s2s.plots.step_data import step_data
from s2s.text.language import tr
from ui import words
from ui.frame import choice, edits, link, sentence_page
from ui.frame.model import Model
from ui.frame.theme import palette
from ui.parts import agreed, figures, notes, trust
from ui.parts.export import TakeAway
from ui.stepper import step_view
from ui.views.translate import files, other_answers


def show(chosen: Model, text: str, what: WhatIf) -> None:
    """Step view, map, downloads."""
    trace, done = what.trace, edits.current()
    step = link.step(trace.steps, default=notes.first_word(trace))
    data = step_data(
        trace,
        notes.names(trace, chosen),
        notes.shape(chosen.config),
        step,
        what.original,
        edits.chips(done, what),
        edits.can(trace),
        further(chosen, text) if trace.attention is None else (),
        what.own,
        link.HIDE in link.view(),
        trust.of(chosen, trace),
    )
    st.session_state[edits.SHOWN] = data["id"]
    step_view(
        data,
        edits.STEP_VIEW,
        on_step=rested,
        on_hide=hid,
        on_edit=lambda: edits.ask(edits.told("edit"), chosen.key, text),
    )
    st.caption(notes.below(trace))
    edits.reference_field(chosen.task.target_name, chosen.key, text)
    compared = notes.reference_note(what)
    if compared:
        st.markdown(compared)
    if trace.attention is not None:
        st.subheader(tr("The whole map"))
        figures.show_map(trace, palette(), step, "map")
    typed = [edit.text for edit in done if edit.kind == "reference"]
    take = TakeAway()
    files.offer(take, trace, step, data, agreed.of_steps(chosen, what), palette())
    other_answers.show(chosen, text, typed[-1] if typed else None, take)
    words.line("attention", "greedy", "beam", "teacher forcing", "Peeky", "vocabulary")
    take.show(chosen, text)


def further(chosen: Model, text: str) -> list[tuple[str, str]]:
    """Where a model without attention can be looked into: words and addresses."""
    query = urlencode(choice.link_to(chosen.task.name, chosen.variant, text, edits.current()))
    return [
        (tr("What reached back through the vector"), f"gradients?{query}"),
        (tr("Beside a model with attention"), f"compare?{query}"),
    ]


def rested() -> None:
    """The visitor came to rest on a step: it goes into the address.

    The message may come late, when another sentence is shown already; then it means nothing.
    """
    rest = edits.told("step")
    if not isinstance(rest, dict) or edits.late():
        return
    at = rest.get("step")
    if isinstance(at, int) and not isinstance(at, bool) and at >= 0:
        link.show(step=str(at + 1))


def hid() -> None:
    """The visitor hid what is not written yet, or shows it again."""
    told = edits.told("hide")
    if isinstance(told, dict):
        link.show(hide="1" if told.get("hidden") is True else None)


chosen, _ = sentence_page.arrive(tr("Translate"))
sentence_page.explore(chosen, "translate", partial(show, chosen))

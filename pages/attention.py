"""Attention: how was this step computed, from the decoder's state to the word?"""

from ui import navigation

navigation.ensure()

import streamlit as st

from s2s import plots
from s2s.results.stages import missing
from s2s.whatif import WhatIf
from ui import attention_below, cached_walk, choice, edits, notes, sentence_page, walk_cards
from ui.choice import Choice
from ui.theme import palette
from ui.token_picker import plain_token, token
from ui.words import escaped


@st.fragment
def explore(chosen: Choice, text: str) -> None:
    """Everything about one step; only this runs again while steps are picked."""
    sentence_page.answer(chosen, text, lambda read, what: show(chosen, read, what))


def show(chosen: Choice, text: str, what: WhatIf) -> None:
    """The step, its cards, and what can be checked."""
    trace = what.trace
    step = token(trace, notes.first_word(trace))
    walk = cached_walk.walk(*chosen.key, text, edits.current(), step)
    said = plots.readout(trace, step, walk.peeky != "none")
    with st.container(key="readout"):
        st.markdown("".join(
            escaped(part.text) if part.kind == "plain" else f"**{plain_token(part.text)}**"
            for part in said.parts
        ))  # fmt: skip
    lacks = missing(walk)
    if lacks:
        st.info(lacks, icon=":material/visibility_off:")
    walk_cards.show(walk, palette())
    attention_below.show(chosen, trace, walk, palette())
    st.caption(notes.below(trace, chosen))


chosen = sentence_page.arrive("Attention")
explore(chosen, choice.sentence(chosen.task))

"""Attention: how was this step computed, from the decoder's state to the word?"""

from ui.frame import navigation

navigation.ensure()

from functools import partial

import streamlit as st

from s2s import plots
from s2s.decoding.whatif import WhatIf
from s2s.results.formulas import missing
from s2s.text.language import tr
from ui import words
from ui.cached import walk as cached_walk
from ui.frame import choice, edits, sentence_page
from ui.frame.model import Model
from ui.frame.theme import palette
from ui.markdown import escaped
from ui.parts import notes, trust
from ui.parts.export import TakeAway
from ui.parts.token_picker import plain_token, token
from ui.views.attention import below, cards


def show(chosen: Model, text: str, what: WhatIf) -> None:
    """The step, its cards, and what can be checked."""
    trace = what.trace
    default = choice.opening_step(
        chosen.task, "attention", text, trace.steps, notes.first_word(trace)
    )
    step = token(trace, default)
    walk = cached_walk.walk(chosen.key, text, edits.current(), step)
    said = plots.readout(trace, step, walk.peeky != "none")
    with st.container(key="readout"):
        st.markdown("".join(
            escaped(part.text) if part.kind == "plain" else f"**{plain_token(part.text)}**"
            for part in said.parts
        ))  # fmt: skip
    trust.line(chosen, trace)
    lacks = missing(walk)
    if lacks:
        st.info(lacks, icon=":material/visibility_off:")
    cards.show(walk, palette())
    take = TakeAway()
    below.show(chosen, trace, walk, palette(), take)
    st.caption(notes.below(trace))
    words.line("attention", "context", "softmax", "logits", "hidden state", "vocabulary")
    take.show(chosen, text)


chosen, _ = sentence_page.arrive(tr("Attention"))
sentence_page.explore(chosen, "attention", partial(show, chosen))

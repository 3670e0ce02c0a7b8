"""Compare: what did attention change, on this sentence and on a whole test set?"""

from ui.frame import navigation

navigation.ensure()

import streamlit as st

from s2s.errors import UserError
from ui.cached import compare as cached_compare
from ui.compare import alignment, sentence, test_set
from ui.frame import choice, edits, sentence_page
from ui.frame.model import Model
from ui.frame.theme import palette
from ui.markdown import plain
from ui.parts import gradient_lines as pick


@st.fragment
def explore(chosen: Model, others: dict[str, Model], text: str) -> None:
    """The models, and everything about the sentence."""
    drawn = pick.beside(chosen, others)
    if not drawn:
        st.info("Choose at least one model to hold beside this one.")
        return
    choices = [chosen, *drawn]
    keys = tuple(one.key for one in choices)
    try:
        found = cached_compare.sentence(keys, text, edits.current())
    except UserError as error:
        st.warning(plain(sentence_page.complaint(text, error)))
        before = choice.last_good(chosen)
        if not before:
            return
        try:
            found = cached_compare.sentence(keys, before, ())
        except UserError:
            return
        with st.container(key="stale"):
            st.caption(f"Still the answers to: {plain(before)}")
            sentence.show(choices, found, palette())
        return
    choice.remember(chosen, text)
    sentence.show(choices, found, palette())
    edits.reference_field(chosen.task.target_name, chosen.key, text)
    st.subheader("On a whole test set")
    test_set.show(choices, palette())
    st.subheader("Attention and gold links")
    alignment.show(choices, palette())


chosen = sentence_page.arrive("Compare")
others = pick.others_of(chosen)
if not others:
    st.info("This task has one model only. Train another, and they stand side by side here.")
    st.stop()
explore(chosen, others, choice.sentence(chosen.task))

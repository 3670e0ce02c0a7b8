"""Compare: what did attention change, on this sentence and on a whole test set?"""

from ui import navigation

navigation.ensure()

import streamlit as st

from s2s.errors import UserError
from ui import (
    cached_compare,
    choice,
    compare_alignment,
    compare_sentence,
    compare_set,
    edits,
    sentence_page,
)
from ui import gradients_pick as pick
from ui.choice import Choice
from ui.theme import palette
from ui.words import plain


@st.fragment
def explore(chosen: Choice, others: dict[str, Choice], text: str) -> None:
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
        st.warning(plain(str(error)))
        before = choice.last_good(chosen)
        if not before:
            return
        try:
            found = cached_compare.sentence(keys, before, ())
        except UserError:
            return
        with st.container(key="stale"):
            st.caption(f"Still the answers to: {plain(before)}")
            compare_sentence.show(choices, found, palette())
        return
    choice.remember(chosen, text)
    compare_sentence.show(choices, found, palette())
    edits.reference_field(chosen.task.target_name, chosen.key, text)
    st.subheader("On a whole test set")
    compare_set.show(choices, palette())
    st.subheader("Attention and gold links")
    compare_alignment.show(choices, palette())


chosen = sentence_page.arrive("Compare")
others = pick.others_of(chosen)
if not others:
    st.info("This task has one model only. Train another, and they stand side by side here.")
    st.stop()
explore(chosen, others, choice.sentence(chosen.task))

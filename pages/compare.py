"""Compare: what did attention change, on this sentence and on a whole test set?"""

from ui.frame import navigation

navigation.ensure()

from contextlib import suppress

import streamlit as st

from s2s.errors import UserError
from ui.cached import compare as cached_compare
from ui.compare import alignment, sentence, test_set
from ui.frame import choice, edits, sentence_page
from ui.frame.model import Model
from ui.frame.theme import palette
from ui.markdown import plain
from ui.parts import export
from ui.parts import gradient_lines as pick


@st.fragment
def explore(chosen: Model, others: dict[str, Model], text: str) -> None:
    """The models, and what they make of the sentence, of a test set and of gold links."""
    drawn = pick.beside(chosen, others)
    if not drawn:
        st.info("Choose at least one model to hold beside this one.")
        return
    choices = [chosen, *drawn]
    on_sentence(choices, text)
    # Neither depends on the sentence, so both stand where it cannot be read.
    st.subheader("On a whole test set")
    test_set.show(choices, palette())
    st.subheader("Attention and gold links")
    alignment.show(choices, palette())
    export.copy_link(chosen, text)


def on_sentence(choices: list[Model], text: str) -> None:
    """The sentence through all of them, or why not and the last one that could be read, paler."""
    chosen, keys = choices[0], tuple(one.key for one in choices)
    try:
        found = cached_compare.sentence(keys, text, edits.current())
    except UserError as error:
        st.warning(plain(sentence_page.complaint(text, error)))
        before = choice.last_good(chosen)
        if before:
            with suppress(UserError), st.container(key="stale"):
                found = cached_compare.sentence(keys, before, ())
                st.caption(f"Still the answers to: {plain(before)}")
                sentence.show(choices, found, palette())
        return
    choice.remember(chosen, text)
    sentence.show(choices, found, palette())
    edits.reference_field(chosen.task.target_name, chosen.key, text)


chosen = sentence_page.arrive("Compare")
others = pick.others_of(chosen)
if not others:
    st.info("This task has one model only. Train another, and they stand side by side here.")
    st.stop()
explore(chosen, others, choice.sentence(chosen.task))

"""Start: what this is, a model that writes, and the question to begin with."""

from ui.frame import navigation

navigation.ensure()

import streamlit as st

from s2s.text.language import tr
from ui.frame import choice
from ui.frame.model import models
from ui.frame.theme import palette
from ui.views.start import cards, go_on, tutorials, walk

with st.container(horizontal=True, vertical_alignment="center", key="head"):
    st.title("Seq2Seq Microscope", anchor=False, width="content")
    go_on.show()
with st.container(key="purpose"):
    st.markdown(
        tr(
            "Watch a small translator read a sentence, look back at its words and write the "
            "answer, one word at a time."
        )
    )
if not models():
    st.warning(tr(choice.NO_MODELS))
    st.stop()
walk.show()
st.subheader(tr("Start here"), anchor=False)
cards.show(palette())
st.subheader(tr("The five tutorials, and what is here"), anchor=False)
tutorials.show()
st.caption(
    tr(
        "Every model here was trained for this collection and runs on this computer. Nothing is "
        "sent anywhere."
    )
)

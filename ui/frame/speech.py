"""Which language is spoken: the link says it, then the visitor's last choice, then the browser."""

from __future__ import annotations

import streamlit as st

from s2s.text.language import LANGUAGES, nearest, tr
from ui.frame import link
from ui.words import language

LANG, CHOSEN, SWITCH = "lang", "language_chosen", "language_switch"


def settle() -> None:
    """Take the language for this run; before anything is said."""
    asked = link.view().get(LANG)
    if asked in LANGUAGES:
        st.session_state[CHOSEN] = asked
    language.wear(st.session_state.get(CHOSEN) or nearest(st.context.locale))


def switch() -> None:
    """The switch at the foot of the sidebar."""
    st.session_state[SWITCH] = st.session_state[language.KEY]
    with st.sidebar, st.container(key="language"):
        st.segmented_control(
            tr("Language"), list(LANGUAGES), key=SWITCH, on_change=_changed, required=True,
            format_func=LANGUAGES.__getitem__, label_visibility="collapsed",
        )  # fmt: skip


def _changed() -> None:
    chosen = st.session_state.get(SWITCH)
    if chosen in LANGUAGES:
        st.session_state[CHOSEN] = chosen
        if st.session_state.get(link.PAGE):  # the first page's address has no query
            link.show(**{LANG: chosen})

"""Which language is spoken: the link says it, then the visitor's last choice, then the browser."""

from __future__ import annotations

import streamlit as st

from s2s.text.language import LANGUAGES, nearest, tr
from ui.frame import link
from ui.words import language

LANG = link.LANG
CHOSEN, SWITCH = "language_chosen", "language_switch"


def chosen() -> str | None:
    """The language that this visitor chose, by the switch or by a link; None if none."""
    found = st.session_state.get(CHOSEN)
    return found if found in LANGUAGES else None


def settle() -> None:
    """Take the language for this run; before anything is said."""
    asked = link.view().get(LANG)
    if asked in LANGUAGES:
        st.session_state[CHOSEN] = asked
    language.wear(chosen() or nearest(st.context.locale))


def switch() -> None:
    """The switch at the foot of the sidebar."""
    with st.sidebar, st.container(key="language"):
        st.segmented_control(
            tr("Language"), list(LANGUAGES), required=True,
            format_func=LANGUAGES.__getitem__, label_visibility="collapsed",
            **link.shown(SWITCH, st.session_state[language.KEY], _changed),
        )  # fmt: skip


def _changed(asked: str | None) -> None:
    if asked in LANGUAGES:
        st.session_state[CHOSEN] = asked
        link.show(**{LANG: asked})  # the first page keeps it out of its address

"""Whether a scene in three dimensions is shown, and whether at once.

Plotly draws scenes with WebGL. A browser on a machine without a graphics driver, or where it is
switched off, has none; the server learns it when a page that could show a scene asks.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from s2s.text.language import tr

NONE = "no_scenes"
_ask = st.components.v2.component(
    "s2s_scenes", html="<i></i>", js=Path(__file__).with_name("scenes.js").read_text("utf-8")
)


def drawn() -> bool:
    """Whether the visitor's browser draws scenes; says so where it does not."""
    if st.session_state.get(NONE):
        st.caption(tr("No 3-D here: this browser has no WebGL."), width="content")
        return False
    with st.container(key="scenes"):
        _ask(on_none_change=_none)
    return True


def on_a_phone() -> bool:
    """Whether the browser is a phone's: they all say Mobi; a window's width is not told here."""
    return "Mobi" in st.context.headers.get("User-Agent", "")


def _none() -> None:
    st.session_state[NONE] = True

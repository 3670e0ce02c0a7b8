"""The way back to what a returning visitor looked at last."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from s2s.text.language import current, tr
from ui.frame import link, navigation

_link = st.components.v2.component(
    "s2s_go_on",
    html="<a hidden></a>",
    css=Path(__file__).with_name("go_on.css").read_text("utf-8"),
    js=Path(__file__).with_name("go_on.js").read_text("utf-8"),
)


def show() -> None:
    """A link to the last address that this browser was at; nothing on a first visit."""
    data = {"says": tr("Go on: {page}"), "pages": navigation.titles(), **link.spoken()}
    with st.container(key="go-on", width="content"):
        # Each language has one of its own: what is told while the first arrives can be lost.
        _link(data=data, key=f"go_on_{current()}", height="content", width="content")

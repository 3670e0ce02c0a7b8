"""What the page measures and what was found with it: Markdown that lies in docs/."""

from __future__ import annotations

import streamlit as st

from ui.frame.navigation import FOLDER

TEXTS = {
    "How to read this page": "gradients.md",
    "How much reaches the first token, measured": "vanishing.md",
    "What the verdict is worth, measured": "verdicts.md",
}


def show() -> None:
    """One closed box per text; a text that is missing has none."""
    with st.container(key="help-texts"):
        for title, name in TEXTS.items():
            file = FOLDER / "docs" / name
            if file.is_file():
                with st.expander(title):
                    # Its own heading is the box's title.
                    text = file.read_text("utf-8")
                    st.markdown(text.split("\n", 1)[1] if text.startswith("# ") else text)

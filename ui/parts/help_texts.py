"""What a page measures and what was found with it: Markdown that lies in docs/."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from ui.frame.navigation import FOLDER


def show(texts: Mapping[str, str], above: Mapping[str, Callable[[], None]] | None = None) -> None:
    """One closed box per text, titles to files; a text that is missing has none.

    Args:
        texts: title to file.
        above: file to what draws a figure above its text.
    """
    with st.container(key="help-texts"):
        for title, name in texts.items():
            file = FOLDER / "docs" / name
            if file.is_file():
                with st.expander(title):
                    if above and name in above:
                        above[name]()
                    # Its own heading is the box's title.
                    text = file.read_text("utf-8")
                    st.markdown(text.split("\n", 1)[1] if text.startswith("# ") else text)

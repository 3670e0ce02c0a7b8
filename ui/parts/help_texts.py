"""What a page measures and what was found with it: Markdown in docs/, in a language's folder.

A text in another language has the tables of the original: below a head of its own, ``{rows 2}``
stands for the rows of the second one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import streamlit as st

from s2s.text.language import current, tr
from ui.frame.navigation import FOLDER

DOCS = FOLDER / "docs"
ROWS = re.compile(r"^\{rows (\d+)\}$", re.MULTILINE)


def show(texts: Mapping[str, str], above: Mapping[str, Callable[[], None]] | None = None) -> None:
    """One closed box per text, titles to files; a text that is missing has none.

    Args:
        texts: title to file.
        above: file to what draws a figure above its text.
    """
    with st.container(key="help-texts"):
        for title, name in texts.items():
            if (DOCS / name).is_file():
                with st.expander(tr(title)):
                    if above and name in above:
                        above[name]()
                    st.markdown(text_of(name, current()))


def text_of(name: str, language: str) -> str:
    """A text without its heading, which is the box's title; the original where none is written.

    Args:
        name: of a file in docs/.
        language: its code.
    """
    text = (DOCS / name).read_text("utf-8")
    own = DOCS / language / name
    if own.is_file():
        found = tables(text)
        text = ROWS.sub(lambda place: found[int(place[1]) - 1], own.read_text("utf-8"))
    return text.split("\n", 1)[1] if text.startswith("# ") else text


def tables(text: str) -> list[str]:
    """The tables of a Markdown text without their heads."""
    found = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [table.rstrip("\n").split("\n", 1)[1] for table in found]

"""The pages, their order and their icons; used by app.py and by a page that is opened directly."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from ui import cached
from ui.frame import choice, edits, link

FOLDER = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Entry:
    """One page of the navigation.

    Attributes:
        name: of its file, and of its address.
        title: on the page and in the navigation.
        icon: before the title.
        answers: the question it is there for.
    """

    name: str
    title: str
    icon: str
    answers: str


GROUPS = {
    "One sentence": (
        Entry(
            "translate",
            "Translate",
            ":material/translate:",
            "How does the model write this sentence, token by token, and where does it look?",
        ),
        Entry(
            "attention",
            "Attention",
            ":material/grid_on:",
            "How was this step computed, from the decoder’s state to the word?",
        ),
        Entry(
            "gradients",
            "Gradients",
            ":material/ssid_chart:",
            "What reaches back through time, and can a row of attention be trusted?",
        ),
    ),
    "Many sentences": (
        Entry(
            "compare",
            "Compare",
            ":material/compare_arrows:",
            "What did attention change, on this sentence and on a whole test set?",
        ),
    ),
    "Make and keep": (
        Entry(
            "models",
            "Models",
            ":material/inventory_2:",
            "Which models are there, how good is each, and where does it come from?",
        ),
    ),
}

# Each script run has its own thread, so the flag cannot leak into another visitor's run.
_current = threading.local()


def run() -> None:
    """Set the page up, draw the navigation and run the page of the address."""
    st.set_page_config(
        page_title="Seq2Seq Microscope",
        # A local picture: an icon by name would be fetched from the internet.
        page_icon=str(FOLDER / "ui" / "static" / "icon.png"),
        layout="wide",
        initial_sidebar_state=224,
    )
    st.html(FOLDER / "ui" / "static" / "style.css")
    cached.warm_up()
    st.logo(FOLDER / "ui" / "static" / "logo.svg", size="large")
    pages = {group: [_page(entry) for entry in those] for group, those in GROUPS.items()}
    first = GROUPS["One sentence"][0]
    hidden = st.Page(
        f"pages/{first.name}.py", title=first.title, icon=first.icon, url_path=first.name,
        visibility="hidden",
    )  # fmt: skip
    pages["One sentence"].append(hidden)
    taken = link.arrive()
    if taken:
        edits.no_way_back()
    page = st.navigation(pages)
    link.settle(page.url_path, taken, choice.first_task())
    _current.inside = True
    try:
        page.run()
    finally:
        _current.inside = False


def _page(entry: Entry) -> Page:
    first = entry is GROUPS["One sentence"][0]
    return st.Page(
        f"pages/{entry.name}.py", title=entry.title, icon=entry.icon, help=entry.answers,
        default=first,
        # The default page lives at / alone; it takes no name that another page could have.
        url_path="start" if first else entry.name,
    )  # fmt: skip


def ensure() -> None:
    """First line of every page: go through `run` even when Streamlit started the page itself.

    A fresh server whose very first request is a deep link runs the page's file without app.py.
    """
    if not getattr(_current, "inside", False):
        run()
        st.stop()

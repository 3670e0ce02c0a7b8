"""The pages, their order and their icons; used by app.py and by a page that is opened directly."""

from __future__ import annotations

import threading
from pathlib import Path

import streamlit as st

from ui import cached
from ui.frame import choice, edits, link

FOLDER = Path(__file__).resolve().parents[2]

# file, title, icon, what it answers
PAGES = (
    (
        "translate",
        "Translate",
        ":material/translate:",
        "How does the model write this sentence, token by token, and where does it look?",
    ),
    (
        "attention",
        "Attention",
        ":material/grid_on:",
        "How was this step computed, from the decoder’s state to the word?",
    ),
    (
        "gradients",
        "Gradients",
        ":material/ssid_chart:",
        "What reaches back through time, and can a row of attention be trusted?",
    ),
    (
        "compare",
        "Compare",
        ":material/compare_arrows:",
        "What did attention change, on this sentence and on a whole test set?",
    ),
    (
        "models",
        "Models",
        ":material/inventory_2:",
        "Which models are there, how good is each, and where does it come from?",
    ),
)

# Each script run has its own thread, so the flag cannot leak into another visitor's run.
_current = threading.local()


def run() -> None:
    """Set the page up, draw the navigation and run the page of the address."""
    st.set_page_config(
        page_title="Seq2Seq Microscope",
        # A local picture: an icon by name would be fetched from the internet.
        page_icon=str(FOLDER / "ui" / "static" / "icon.png"),
        layout="wide",
        initial_sidebar_state=264,
    )
    st.html(FOLDER / "ui" / "static" / "style.css")
    cached.warm_up()
    pages = [
        st.Page(
            f"pages/{name}.py", title=title, icon=icon, help=text, default=place == 0,
            # The default page lives at / alone; it takes no name that another page could have.
            url_path=name if place else "start",
        )
        for place, (name, title, icon, text) in enumerate(PAGES)
    ]  # fmt: skip
    name, title, icon, _ = PAGES[0]
    pages.append(
        st.Page(f"pages/{name}.py", title=title, icon=icon, url_path=name, visibility="hidden")
    )
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


def ensure() -> None:
    """First line of every page: go through `run` even when Streamlit started the page itself.

    A fresh server whose very first request is a deep link runs the page's file without app.py.
    """
    if not getattr(_current, "inside", False):
        run()
        st.stop()

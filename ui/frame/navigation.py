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


START = Entry(
    "start",
    "Start",
    ":material/home:",
    "What is this, and where does one begin?",
)
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
        Entry(
            "diagnose",
            "Diagnose",
            ":material/troubleshoot:",
            "What is wrong with this model, and on which sentences does it show?",
        ),
    ),
    "Make and keep": (
        Entry(
            "training",
            "Training",
            ":material/model_training:",
            "When does it find out where to look? Train one here, or wind its training back.",
        ),
        Entry(
            "import",
            "Import",
            ":material/upload_file:",
            "How does a model of your own look on these pages, and is it the one you trained?",
        ),
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
    cached.look()
    cached.warm_up()
    cached.settle()
    st.logo(FOLDER / "ui" / "static" / "logo.svg", size="large")
    start = _page(START)
    groups = {group: [_page(entry) for entry in those] for group, those in GROUPS.items()}
    asked = bool(st.query_params)
    taken = link.arrive()
    if taken:
        edits.no_way_back()
    _headings()
    # Off in the configuration, so that a fresh server does not list files before this line.
    st.set_option("client.showSidebarNavigation", True)
    page = st.navigation([start, *(page for those in groups.values() for page in those)])
    if page is start:
        if asked:  # what the address without a page's name showed before there was a first page
            st.switch_page(groups["One sentence"][0], query_params=link.view())
        link.leave()
    names = {entry.name: entry.title for those in GROUPS.values() for entry in those}
    link.settle(page.url_path, taken, choice.first_task(), names)
    _current.inside = True
    try:
        page.run()
    finally:
        _current.inside = False


def _headings() -> None:
    """The groups' names above their first pages.

    Sections of `st.navigation` put their items into a list in a way that axe finds serious.
    """
    place, rules = 2, []
    for group, those in GROUPS.items():
        item = f'[data-testid="stSidebarNavItems"] > li:nth-child({place})'
        rules.append(f'{item}::before {{ content: "{group}"; }}')
        place += len(those)
    st.html(f"<style>{' '.join(rules)}</style>")


def _page(entry: Entry) -> Page:
    return st.Page(
        f"pages/{entry.name}.py", title=entry.title, icon=entry.icon, help=entry.answers,
        default=entry is START, url_path=entry.name,
    )  # fmt: skip


def ensure() -> None:
    """First line of every page: go through `run` even when Streamlit started the page itself.

    A fresh server whose very first request is a deep link runs the page's file without app.py.
    """
    if not getattr(_current, "inside", False):
        run()
        st.stop()

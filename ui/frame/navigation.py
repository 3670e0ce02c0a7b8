"""The pages, their order and their icons; used by app.py and by a page that is opened directly."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from s2s.text.language import N_, tr
from ui import cached
from ui.frame import choice, edits, link, present, speech

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
    N_("Start"),
    ":material/home:",
    N_("What is this, and where does one begin?"),
)
LESSONS = Entry(
    "lessons",
    N_("Lessons"),
    ":material/school:",
    N_("Why was attention invented? Guess, then see what the models do."),
)
GROUPS = {
    N_("One sentence"): (
        Entry(
            "translate",
            N_("Translate"),
            ":material/translate:",
            N_("How does the model write this sentence, token by token, and where does it look?"),
        ),
        Entry(
            "attention",
            N_("Attention"),
            ":material/grid_on:",
            N_("How was this step computed, from the decoder’s state to the word?"),
        ),
        Entry(
            "gradients",
            N_("Gradients"),
            ":material/ssid_chart:",
            N_("What reaches back through time, and can a row of attention be trusted?"),
        ),
        Entry(
            "states",
            N_("States"),
            ":material/scatter_plot:",
            N_("Where does a word take the hidden state, what is near it, and what does it know?"),
        ),
    ),
    N_("Many sentences"): (
        Entry(
            "compare",
            N_("Compare"),
            ":material/compare_arrows:",
            N_("What did attention change, on this sentence and on a whole test set?"),
        ),
        Entry(
            "diagnose",
            N_("Diagnose"),
            ":material/troubleshoot:",
            N_("What is wrong with this model, and on which sentences does it show?"),
        ),
    ),
    N_("Make and keep"): (
        Entry(
            "training",
            N_("Training"),
            ":material/model_training:",
            N_("When does it find out where to look? Train one here, or wind its training back."),
        ),
        Entry(
            "import",
            N_("Import"),
            ":material/upload_file:",
            N_("How does a model of your own look on these pages, and is it the one you trained?"),
        ),
        Entry(
            "models",
            N_("Models"),
            ":material/inventory_2:",
            N_("Which models are there, how good is each, and where does it come from?"),
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
        # A drawing goes in the page itself; a picture is lost where its run is cut short.
        page_icon=FOLDER / "ui" / "static" / "logo.svg",
        layout="wide",
        initial_sidebar_state=224,
    )
    st.html(FOLDER / "ui" / "static" / "style.css")
    cached.look()
    cached.warm_up()
    cached.settle()
    st.logo(FOLDER / "ui" / "static" / "logo.svg", size="large")
    asked = bool(st.query_params.keys() - {speech.LANG})
    taken = link.arrive(speech.chosen())
    speech.settle()
    present.arrive()
    start, lessons = _page(START), _page(LESSONS)
    groups = {group: [_page(entry) for entry in those] for group, those in GROUPS.items()}
    if taken:
        edits.no_way_back()
    _headings()
    # Off in the configuration, so that a fresh server does not list files before this line.
    st.set_option("client.showSidebarNavigation", True)
    every = [start, lessons, *(page for those in groups.values() for page in those)]
    page = st.navigation(every)
    speech.switch()
    present.turned({one.url_path or START.name: one for one in every}, page.url_path or START.name)
    if page is start:
        if asked:  # what the address without a page's name showed before there was a first page
            st.switch_page(next(iter(groups.values()))[0], query_params=link.view())
        link.leave()
    link.settle(page.url_path, taken, choice.first_task(), titles())
    if page is not start:
        present.settle()
    present.show(titles())
    _current.inside = True
    try:
        page.run()
    finally:
        _current.inside = False
        link.sent()


def titles() -> dict[str, str]:
    """The pages that show something in particular: name of the file to its title."""
    known = (LESSONS, *(entry for those in GROUPS.values() for entry in those))
    return {entry.name: tr(entry.title) for entry in known}


def _headings() -> None:
    """The groups' names above their first pages.

    Sections of `st.navigation` put their items into a list in a way that axe finds serious.
    """
    place, rules = 3, []
    for group, those in GROUPS.items():
        item = f'[data-testid="stSidebarNavItems"] > li:nth-child({place})'
        rules.append(f'{item}::before {{ content: "{tr(group)}"; }}')
        place += len(those)
    st.html(f"<style>{' '.join(rules)}</style>")


def _page(entry: Entry) -> Page:
    return st.Page(
        f"pages/{entry.name}.py", title=tr(entry.title), icon=entry.icon, help=tr(entry.answers),
        default=entry is START, url_path=entry.name,
    )  # fmt: skip


def ensure() -> None:
    """First line of every page: go through `run` even when Streamlit started the page itself.

    A fresh server whose very first request is a deep link runs the page's file without app.py.
    """
    if not getattr(_current, "inside", False):
        run()
        st.stop()

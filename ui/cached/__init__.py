"""One-line cached wrappers around s2s: shared by all visitors, bounded, keyed by file times."""

from __future__ import annotations

import contextlib
import gc
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from s2s.checkpoints import checkpoint
from s2s.checkpoints import history as histories
from s2s.decoding import whatif
from s2s.decoding.translator import Translator
from s2s.decoding.whatif import Edit, WhatIf
from s2s.errors import UserError
from s2s.results import History, Source
from s2s.tasks import TASKS
from s2s.threads import one_thread
from ui import server

DEFAULT = "fra-eng/attention"


@st.cache_resource(max_entries=1, show_spinner=False)
def warm_up() -> bool:
    """Once per process: one thread per decode, the default model loaded, the heap frozen.

    Streamlit collects garbage after every run; with torch imported that costs 60 to 100 ms unless
    what lives for ever is taken out of the collector's sight (measured: p50 97 ms to 17 ms).
    """
    one_thread()
    server.send_at_once()
    # Streamlit imports it at the first chart; what is imported after the freeze is collected again
    # and again.
    import pandas  # noqa: F401

    usable = [e for e in entries() if not e.problem and e.name.split("/", 1)[0] in TASKS]
    for entry in sorted(usable, key=lambda entry: entry.name != DEFAULT)[:1]:
        example = TASKS[entry.name.split("/", 1)[0]].examples[0]
        # Whatever is wrong with a model is said on its page; the others must come up.
        with contextlib.suppress(Exception):
            what_if(Key(entry.name, entry.path, entry.stamp), example)
    gc.collect()
    gc.freeze()
    return True


@st.cache_resource(max_entries=16, show_spinner=False)
def settle(page: str) -> bool:
    """Once per process and page: each imports more than `warm_up` has; freeze that as well."""
    gc.collect()
    gc.freeze()
    return True


@dataclass(frozen=True)
class Key:
    """What tells one model from another, and from itself before its files changed.

    Attributes:
        name: ``task/variant``.
        path: the folder.
        stamp: changes when any of its files does.
    """

    name: str
    path: str
    stamp: int


def entries() -> tuple[checkpoint.Entry, ...]:
    """Every model folder; read again when any of its files changes."""
    stamps = tuple((str(folder), checkpoint.stamp(folder)) for folder in checkpoint.folders())
    return _entries(str(checkpoint.root()), stamps)


@st.cache_resource(max_entries=4, show_spinner=False)
def _entries(root: str, stamps: tuple[tuple[str, int], ...]) -> tuple[checkpoint.Entry, ...]:
    return tuple(checkpoint.entries())


@st.cache_resource(max_entries=8, show_spinner=False)
def system(key: Key) -> Translator:
    """A model, shared; a replaced one has another key."""
    named = Path(key.path) == checkpoint.root() / key.name
    return checkpoint.load(key.name if named else key.path)


@st.cache_data(max_entries=512, show_spinner=False)
def fault(key: Key) -> str:
    """Why a model cannot be loaded, or nothing: what only its vocabulary and weights can tell."""
    try:
        system(key)
    except UserError as error:
        return str(error)
    return ""


@st.cache_data(max_entries=512, show_spinner=False)
def what_if(key: Key, text: Source, edits: tuple[Edit, ...] = ()) -> WhatIf:
    """A greedy translation; with edits, beside the original."""
    return whatif.run(system(key), text, edits)


@st.cache_resource(max_entries=64, show_spinner=False)
def history(key: Key) -> History:
    """What a model remembers of its training; shared, so never written into."""
    return histories.read(key.path)


@st.cache_data(max_entries=64, show_spinner=False)
def readme(key: Key) -> str:
    """A model's card as it lies in its folder, or why it cannot be read; empty without one."""
    try:
        return checkpoint.card_of(key.path)
    except UserError as error:
        return str(error)

"""One-line cached wrappers around s2s: shared by all visitors, bounded, keyed by file times."""

from __future__ import annotations

import contextlib
import gc
import math
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from s2s.checkpoints import checkpoint
from s2s.checkpoints import history as histories
from s2s.checkpoints import replays as replay_file
from s2s.config.limits import limits
from s2s.decoding import whatif
from s2s.decoding.translator import Translator
from s2s.decoding.whatif import Edit, WhatIf
from s2s.errors import UserError
from s2s.model.threads import one_thread
from s2s.results import History, Source
from s2s.results.replay import Replay
from s2s.tasks import TASKS
from s2s.text.language import Later
from ui import server
from ui.cached import private
from ui.cached.key import Key
from ui.cached.shared import shared_cache

__all__ = ["Key"]
DEFAULT = "fra-eng/attention"


@st.cache_resource(max_entries=1, show_spinner=False)
def warm_up() -> bool:
    """Once per process: one thread per decode, the default model loaded, for `settle` to freeze.

    Streamlit collects garbage after every run; with torch imported that costs 60 to 100 ms unless
    what lives for ever is taken out of the collector's sight (measured: p50 97 ms to 17 ms).
    """
    one_thread()
    server.send_at_once()
    server.refuse_infinity()
    server.wake_seldom()
    server.bound_uploads(limits().uploads_bytes)
    server.forget_leavers()
    server.structured_logs(os.environ.get("S2S_LOG", ""))
    server.tend_trainings()
    # Streamlit imports it at the first chart; what is imported after the freeze is collected again
    # and again.
    import pandas  # noqa: F401

    usable = [e for e in entries() if not e.problem and e.name.split("/", 1)[0] in TASKS]
    for entry in sorted(usable, key=lambda entry: entry.name != DEFAULT)[:1]:
        example = (*TASKS[entry.name.split("/", 1)[0]].examples, "")[0]
        # Whatever is wrong with a model is said on its page; the others must come up.
        with contextlib.suppress(Exception):
            what_if(Key(entry.name, entry.path, entry.stamp), example)
    return True


_frozen = 0


def settle() -> None:
    """Freeze again what was imported since: pages and figures bring more than `warm_up` has."""
    global _frozen
    if len(sys.modules) != _frozen:
        gc.collect()
        gc.freeze()
        _frozen = len(sys.modules)


@dataclass(frozen=True)
class _Shelf:
    """The models as they were at some time."""

    seen: float
    root: Path
    stamps: tuple[tuple[str, int], ...] = ()
    entries: tuple[checkpoint.Entry, ...] = ()


_shelf = _Shelf(-math.inf, Path())


def look() -> None:
    """Look whether any file of a model changed; each run of a page begins with it."""
    global _shelf
    before, root = _shelf, checkpoint.root()
    stamps = tuple((str(folder), checkpoint.stamp(folder)) for folder in checkpoint.folders())
    same = (root, stamps) == (before.root, before.stamps)
    found = before.entries if same else tuple(checkpoint.entries())
    _shelf = _Shelf(time.monotonic(), root, stamps, found)


def entries() -> tuple[checkpoint.Entry, ...]:
    """Every model folder, as `look` saw it in this second, and what the visitor brought."""
    if _shelf.root != checkpoint.root() or time.monotonic() - _shelf.seen > 1:
        look()
    return (*_shelf.entries, *private.entries())


@shared_cache(max_entries=32)
def system(key: Key) -> Translator:
    """A model, shared; a replaced one has another key."""
    found = checkpoint.load(key.loaded_by)
    return found if found.name == key.name else replace(found, name=key.name)


@shared_cache(max_entries=512)
def fault(key: Key) -> Later | str:
    """Why a model cannot be loaded, or nothing: what only its vocabulary and weights can tell."""
    try:
        system(key)
    except UserError as error:
        return error.args[0]  # said to each visitor when it is read
    return ""


@shared_cache(max_entries=512)
def _what_if(key: Key, text: Source, edits: tuple[Edit, ...]) -> WhatIf:
    return whatif.run(system(key), text, edits)


def what_if(key: Key, text: Source, edits: tuple[Edit, ...] = ()) -> WhatIf:
    """A greedy translation; with edits, beside the original."""
    return _what_if(key, text, edits)


@shared_cache(max_entries=64)
def history(key: Key) -> History:
    """What a model remembers of its training; shared, so never written into."""
    return histories.read(key.path)


@shared_cache(max_entries=16)
def replays(key: Key) -> tuple[Replay, ...]:
    """What a model kept of its watched sentences, epoch by epoch; nothing if it kept none.

    Raises:
        UserError: when the file is damaged.
    """
    return replay_file.read(Path(key.path) / replay_file.REPLAY)


@shared_cache(max_entries=64, said=True)
def readme(key: Key) -> str:
    """A model's card as it lies in its folder, or why it cannot be read; empty without one."""
    try:
        return checkpoint.card_of(key.path)
    except UserError as error:
        return str(error)

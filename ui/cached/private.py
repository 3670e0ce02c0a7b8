"""Models that visitors brought: each is seen by its own browser alone, and goes when that is gone.

They lie in a folder of this process, whose names nobody can guess, so that the process of heavy
work finds them too. Nothing of them outlives the process.
"""

from __future__ import annotations

import atexit
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from s2s.checkpoints import checkpoint
from s2s.checkpoints.checkpoint import Entry
from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.text.language import tr
from ui.cached.key import Key
from ui.cached.shared import forget
from ui.cached.visitor import COOKIE, visitor
from ui.server import RETURN

LOOK = 15.0
"""Seconds between two looks at who is still there."""


@dataclass(eq=False)
class Own:
    """One model of one visitor.

    Attributes:
        owner: whose it is.
        entry: the model's folder, read.
        shelf: the folder that holds nothing else.
        seen: when its owner last asked for anything.
    """

    owner: str
    entry: Entry
    shelf: Path
    seen: float = field(default_factory=time.monotonic)


_there: list[Own] = []
_sessions: dict[str, dict[str, float]] = {}
"""Owner to sessions, each with the time when it was last known to be connected."""
_lock = threading.Lock()
_tending = threading.Lock()


@cache
def _root() -> Path:
    """The folder of this process; only its own user may look into it."""
    made = Path(tempfile.mkdtemp(prefix="s2s-own-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def owner() -> str:
    """Who is asking: a browser, or a session where it takes no cookie."""
    context = get_script_run_ctx()
    if context is None:
        return ""
    return visitor() if st.context.cookies.get(COOKIE) else context.session_id


def entries() -> tuple[Entry, ...]:
    """The models that the visitor brought."""
    if not _there:
        return ()
    who, context = owner(), get_script_run_ctx()
    with _lock:
        mine = [own for own in _there if own.owner == who]
        for own in mine:
            own.seen = time.monotonic()
        if mine and context is not None:
            _sessions.setdefault(who, {})[context.session_id] = time.monotonic()
    return tuple(own.entry for own in mine)


def add(task: str, variant: str, taken: set[str], write: Callable[[Path, str], None]) -> Entry:
    """Bring a model in.

    Args:
        task: the name of its task.
        variant: its own name, to which a number is added where it is taken.
        taken: names of the task's models that are there.
        write: writes the model's folder, and is given its name.

    Raises:
        UserError: too many are held, of this visitor or altogether.
    """
    who = owner()
    with _lock:
        mine = sum(own.owner == who for own in _there)
        if mine >= limits().imports_each:
            raise UserError(tr(
                "{n} imported models of yours are held here; remove one first.", n=mine
            ))  # fmt: skip
        if len(_there) >= limits().imports:
            raise UserError(tr(
                "{n} imported models are held here already; try later.", n=len(_there)
            ))  # fmt: skip
    name = free(task, variant, taken)
    shelf = _root() / secrets.token_hex(16)
    folder = shelf / task / name
    try:
        write(folder, name)
    except BaseException:
        shutil.rmtree(shelf, ignore_errors=True)
        raise
    entry = checkpoint.read(folder)
    with _lock:
        _there.append(Own(who, entry, shelf))
    entries()  # its owner is there
    _tend()
    return entry


def free(task: str, variant: str, taken: set[str]) -> str:
    """A name within a task that no model has: the variant's, or with a number."""
    name, number = variant, 1
    while f"{task}/{name}" in taken:
        number += 1
        name = f"{variant}-{number}"
    return name


def remove(name: str) -> None:
    """Take one of the visitor's own models away."""
    who = owner()
    with _lock:
        gone = [own for own in _there if own.owner == who and own.entry.name == name]
    _drop(gone)


def _drop(gone: list[Own]) -> None:
    """Forget models, what was computed with them, and their folders."""
    with _lock:
        _there[:] = [own for own in _there if own not in gone]
    paths = {own.entry.path for own in gone}
    if paths:
        forget(lambda given: isinstance(given, Key) and given.path in paths)
    for own in gone:
        shutil.rmtree(own.shelf, ignore_errors=True)


def look(now: float) -> None:
    """Drop what nobody is there for any more.

    Args:
        now: as `time.monotonic` has it.
    """
    served = runtime.exists() and type(runtime.get_instance()) is runtime.Runtime
    with _lock:
        for sessions in _sessions.values():
            for session in list(sessions):
                if not served or runtime.get_instance().is_active_session(session):
                    sessions[session] = now
                elif now - sessions[session] > RETURN:
                    del sessions[session]
        longest = 60.0 * limits().imports_minutes
        gone = [own for own in _there
                if not _sessions.get(own.owner) or now - own.seen > longest]  # fmt: skip
        for who in [who for who, sessions in _sessions.items() if not sessions]:
            del _sessions[who]
    _drop(gone)


def _tend() -> None:
    """Look again and again, as long as there is anything."""
    if not _tending.acquire(blocking=False):
        return

    def tend() -> None:
        try:
            while _there:
                time.sleep(LOOK)
                look(time.monotonic())
        finally:
            _tending.release()

    threading.Thread(target=tend, name="imports", daemon=True).start()

"""Corpora of states: made by the worker, on the disk of this process, mapped into its memory."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from s2s.evaluation import state_store
from s2s.probes.neighbours import neighbours_of
from s2s.results.state_corpus import Neighbours, StateCorpus
from s2s.results.state_space import StateSpace, state_space
from s2s.tasks.labelled import labels_of
from ui.cached import Key
from ui.cached import states as cached_states
from ui.cached.shared import shared_cache
from ui.cached.states import Target

MOST = 12
"""Corpora that are kept; the one made longest ago goes first. One takes 400 MB at most."""


@cache
def room() -> TemporaryDirectory[str]:
    """Where they lie until this process ends."""
    return TemporaryDirectory(prefix="s2s-states-")


@shared_cache(max_entries=MOST)
def opened(folder: str) -> StateCorpus:
    """A corpus that the worker wrote; older ones beyond the most are taken away.

    Raises:
        FileNotFoundError: it was taken away.
    """
    found = state_store.read(Path(folder))
    made = sorted(Path(room().name).iterdir(), key=lambda path: path.stat().st_mtime)
    for old in made[:-MOST]:
        shutil.rmtree(old, ignore_errors=True)
    return found


@shared_cache(max_entries=2 * MOST)
def space(folder: str, side: str | None) -> StateSpace:
    """Its three directions."""
    return state_space(opened(folder), side)


@shared_cache(max_entries=4 * MOST)
def values(folder: str, side: str, attribute: str) -> tuple[str, ...]:
    """An attribute of all its states."""
    return opened(folder).values(side, attribute)


@shared_cache(max_entries=256)
def nearest(
    folder: str, key: Key, task: str, text: str, target: Target, side: str, place: int, metric: str
) -> Neighbours:
    """The states nearest to one of a sentence's."""
    states = cached_states.hidden_states(key, text, target)
    known = labels_of(task, text)
    return neighbours_of(states, opened(folder), side, place, metric, known=known)

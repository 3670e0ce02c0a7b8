"""Cached probes of one step: why not another token, and what it takes to change it."""

from __future__ import annotations

from s2s import probes
from s2s.results import Contrast, SmallestEdit, Source
from ui import cached
from ui.cached import Key
from ui.cached.gradients import Target, ids
from ui.cached.shared import shared_cache


@shared_cache(max_entries=128)
def contrast(key: Key, text: Source, step: int, other: str | None, target: Target) -> Contrast:
    """What speaks for the token of a step against another."""
    system = cached.system(key)
    return probes.contrast(system, text, step, other, ids(system, target))


@shared_cache(max_entries=128)
def smallest_edit(key: Key, text: Source, step: int, target: Target) -> SmallestEdit:
    """The fewest words to leave out or replace until the token of a step changes."""
    system = cached.system(key)
    return probes.smallest_edit(system, text, step, ids(system, target))

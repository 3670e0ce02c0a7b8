"""Cached probes of states and influence: shared by all visitors, bounded, keyed by file times."""

from __future__ import annotations

from collections.abc import Sequence

from s2s import probes
from s2s.decoding.system import System
from s2s.results import HiddenStates, InputInfluence, Source, Trace
from ui import cached
from ui.cached import Key
from ui.cached import gradients as cached_gradients
from ui.cached.shared import shared_cache

Target = str | tuple[str, ...] | None
"""What the model is made to write, typed or as its tokens; None for its own answer."""


@shared_cache(max_entries=64)
def hidden_states(key: Key, text: Source, target: Target) -> HiddenStates:
    """Every recurrent state and gate of one sentence."""
    system = cached.system(key)
    return probes.hidden_states(system, text, _forced(system, target))


@shared_cache(max_entries=64)
def influence(key: Key, text: Source, target: Target) -> InputInfluence:
    """How far each encoder state of one sentence depends on each input."""
    system = cached.system(key)
    return probes.input_influence(system, text, _forced(system, target))


@shared_cache(max_entries=128)
def elsewhere(key: Key, text: Source, other: str, share: float) -> Trace:
    """What a model writes when its decoder starts from a mix with another sentence's state."""
    return probes.started_elsewhere(cached.system(key), text, other, share)


def _forced(system: System, target: Target) -> str | Sequence[int] | None:
    """The target as the probes take it; a UserError where the model cannot write a token."""
    return cached_gradients.ids(system, target) if isinstance(target, tuple) else target

"""Cached probes of the Gradients page, shared by all visitors and bounded."""

from __future__ import annotations

from dataclasses import replace

from s2s import probes
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.results import GradientFlow, Source
from s2s.results.two_paths import TwoPaths
from s2s.text import label
from s2s.text.language import tr
from ui import cached
from ui.cached import Key
from ui.cached.shared import shared_cache

Target = tuple[str, ...] | None
"""The output tokens a model is forced to write; None for its own answer."""


@shared_cache(max_entries=512)
def flow(key: Key, text: Source, target: Target, of: str, state: str, layer: int) -> GradientFlow:
    """Gradients of a model's own answer, or of the tokens it is forced to write."""
    system = cached.system(key)
    # Its own answer is known already; only the result says whose it is.
    written = ids(system, cached.what_if(key, text).trace.output if target is None else target)
    found = probes.gradient_flow(system, text, written, of=of, state=state, layer=layer)
    return found if target is not None else replace(found, mode="free-running")


def ids(system: System, target: Target) -> list[int] | None:
    """Output tokens as this model's ids.

    Raises:
        UserError: the model cannot write one of them.
    """
    if target is None:
        return None
    known = system.target_vocab.ids
    for token in target:
        if token not in known:
            raise UserError(tr(
                "{model} cannot write {token}.", model=system.name, token=f"“{label(token)}”"
            ))  # fmt: skip
    return [known[token] for token in target]


@shared_cache(max_entries=128)
def two_paths(key: Key, text: Source, target: Target) -> TwoPaths:
    """What comes back through attention, and what through the states."""
    system = cached.system(key)
    return probes.two_paths(system, text, ids(system, target))

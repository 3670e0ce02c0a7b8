"""Cached walks of one step and the source code that ran."""

from __future__ import annotations

from s2s.decoding.whatif import Edit
from s2s.export.numpy_program import numpy_snippet
from s2s.export.source_code import SourceCode, source_code
from s2s.probes.walk import walk as walk_of
from s2s.results.walk import Walk
from ui import cached
from ui.cached import Key
from ui.cached.shared import shared_cache


@shared_cache(max_entries=64)
def walk(key: Key, text: str, edits: tuple[Edit, ...], step: int) -> Walk:
    """The arithmetic of one step of an answer, edited or not."""
    trace = cached.what_if(key, text, edits).trace
    return walk_of(cached.system(key), trace, step)


@shared_cache(max_entries=16)
def source(attention: str) -> tuple[SourceCode, ...]:
    """The code behind a kind of attention."""
    return source_code(attention)


@shared_cache(max_entries=64)
def program(walk: Walk, width: int) -> str:
    """The program that computes a step."""
    return numpy_snippet(walk, width=width)

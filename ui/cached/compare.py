"""Cached comparisons, shared by all visitors and bounded."""

from __future__ import annotations

from s2s.checkpoints import checkpoint
from s2s.decoding.whatif import Edit
from s2s.evaluation import compare
from s2s.evaluation.fairness import Fairness, fairness
from s2s.results.comparison import Comparison
from s2s.tasks import testsets
from s2s.tasks.pairs_file import PairSet
from ui import cached
from ui.cached import Key
from ui.cached.shared import shared_cache


@shared_cache(max_entries=128, said=True)
def sentence(keys: tuple[Key, ...], text: str, edits: tuple[Edit, ...]) -> Comparison:
    """One sentence through every model, the first one first."""
    there = {cached.system(key).name: key for key in keys}
    return compare.compare_sentence(
        [cached.system(key) for key in keys], text, edits,
        lambda system, source: cached.what_if(there[system.name], source).trace,
    )  # fmt: skip


@shared_cache(max_entries=64, said=True)
def fair(keys: tuple[Key, ...]) -> Fairness:
    """What models share in how they were trained, and what they do not."""
    return fairness([checkpoint.read(key.path) for key in keys])


@shared_cache(max_entries=16)
def shipped_set(task: str) -> PairSet:
    """The test set of a task: a generator writes tens of thousands of pairs to find its own."""
    return testsets.of(task)


@shared_cache(max_entries=16)
def lengths_set(task: str, shortest: int, longest: int) -> PairSet:
    """New strings of every length."""
    return testsets.lengths(task, shortest, longest)

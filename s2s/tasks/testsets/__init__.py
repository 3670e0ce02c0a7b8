"""Test sets that come with the models: sentences of our own, or a generator's test part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from s2s.config import SequenceConfig
from s2s.errors import UserError
from s2s.tasks import TASKS, pairs_file
from s2s.tasks.base import DataConfig
from s2s.tasks.pairs_file import PairSet
from s2s.tasks.split import Pair
from s2s.text import label
from s2s.text.language import N_, later

FOLDER = Path(__file__).resolve().parent
OURS = N_("Written for this project; none of the models was trained on any of them.")
TEST_PART = N_("The test part of the task's own generator; no model was trained on any of them.")
# The book's file is not here; days written in its shapes are dealt into parts by the same rule.
GENERATED = ("dates-book",)


def names() -> tuple[str, ...]:
    """Tasks that have a test set."""
    return tuple(
        name
        for name, task in TASKS.items()
        if _file(name).is_file()
        or name in GENERATED
        or not (task.needs_file or task.defaults.data.test_percent == 0)
    )


def of(task: str) -> PairSet:
    """The test set of a task.

    Raises:
        UserError: when it has none.
    """
    if task not in names():
        raise UserError(
            later("There is no test set for {task}; give a file of pairs.", task=label(task, 40))
        )
    if _file(task).is_file():
        found = pairs_file.read_file(str(_file(task)))
        return replace(found, about=OURS)
    maker = TASKS[task]
    pairs = _test_part(maker.parts, maker.defaults.data, maker.defaults.sequence)
    return PairSet.of(f"{task}, test part", pairs, TEST_PART)


@lru_cache(maxsize=8)
def _test_part(
    parts: Callable[[DataConfig, SequenceConfig, str | None], dict[str, list[Pair]]],
    data: DataConfig, sequence: SequenceConfig,
) -> list[Pair]:  # fmt: skip
    """A generator's test part, made once: the grammar of `phrases` takes 18 s of a processor."""
    return parts(data, sequence, None)["test"]


def lengths(task: str, shortest: int, longest: int, each: int = 50, seed: int = 1) -> PairSet:
    """New strings of every length from the generator's test buckets, `each` of a length.

    Args:
        task: one whose generator makes strings of a length that is asked for.
        shortest: the first length.
        longest: the last one; it may lie beyond what the models were trained on.
        each: strings of every length.
        seed: of the draws.

    Raises:
        UserError: when the task has no such generator, or the lengths are none.
    """
    fresh = TASKS[task].fresh if task in TASKS else None
    if fresh is None:
        raise UserError(
            later("{task} cannot make sources of a given length.", task=label(task, 40))
        )
    if not 1 <= shortest <= longest:
        raise UserError(
            later("Lengths {low} to {high}; give two that rise, from 1.", low=shortest,
                  high=longest)
        )  # fmt: skip
    data = TASKS[task].defaults.data
    pairs = [
        pair for length in range(shortest, longest + 1) for pair in fresh(data, length, each, seed)
    ]
    return PairSet.of(f"{task}, lengths {shortest} to {longest}", pairs, TEST_PART)


def _file(task: str) -> Path:
    return FOLDER / f"{task}.tsv"

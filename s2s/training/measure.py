"""What a trained model reaches: on its held-out parts, and beyond the length that it saw."""

from __future__ import annotations

from collections.abc import Mapping

from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.evaluation.evaluate import evaluate
from s2s.results import Evaluation
from s2s.tasks.base import DataConfig, Task
from s2s.tasks.split import Pair
from s2s.text.language import later

FRESH_SEED = 7
FRESH_COUNT = 200


def measure(
    task: Task, data: DataConfig, parts: Mapping[str, list[Pair]], system: Translator
) -> dict[str, Evaluation]:
    """Metrics of the stored model on the held-out parts, and beyond the training length.

    Where nothing is held out, the training pairs are measured, and named so.
    """
    held_out = [part for part in ("validation", "test") if parts[part]]
    metrics = {part: evaluate(system, parts[part]) for part in held_out or ["train"]}
    if task.fresh:
        lengths = range(4, 21)
        metrics["fresh strings"] = evaluate(system, fresh_pairs(task, data, lengths, FRESH_COUNT))
    return metrics


def fresh_pairs(task: Task, data: DataConfig, lengths: range, count: int) -> list[Pair]:
    """`count` new pairs of each length, none of them seen in training.

    Raises:
        UserError: for a task without a generator by length.
    """
    if task.fresh is None:
        raise UserError(later("{task} cannot make sources of a given length.", task=task.name))
    return [pair for n in lengths for pair in task.fresh(data, n, count, FRESH_SEED)]

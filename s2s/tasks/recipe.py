"""What a recipe is: one system with its data and its training, and what its card shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.tasks import TASKS, DataConfig, Task
from s2s.tasks.split import Pair


@dataclass(frozen=True)
class Recipe:
    """One system, ready to be trained.

    Attributes:
        name: ``task/variant``.
        tutorial: T1 … T5, or empty for ours.
        look_for: what to notice in it, one or two sentences.
        data: where its pairs come from.
        model: its shape.
        sequence: how it reads and writes.
        train: how it is trained; the first seed.
        seeds: how many runs its figures rest on.
        keep: the seed whose model is stored.
        watch: sentences whose answers are kept after every epoch.
        gradient_of: the watched pair's output token whose hidden-state gradients are kept.
        control: the variant it differs from in one thing, for the difference in score; or empty.
        tables: names in `s2s.training.recipe_tables.TABLES`: what its card shows beyond the scores.
    """

    name: str
    tutorial: str
    look_for: str
    data: DataConfig
    model: ModelConfig
    sequence: SequenceConfig
    train: TrainConfig
    seeds: int = 1
    keep: int = 1
    watch: tuple[Pair, ...] = ()
    gradient_of: str | None = None
    control: str = ""
    tables: tuple[str, ...] = ()

    @property
    def task(self) -> Task:
        """The task it belongs to."""
        return TASKS[self.name.split("/")[0]]

    @property
    def variant(self) -> str:
        """Its name within the task."""
        return self.name.split("/")[1]


def recipe(
    name: str,
    tutorial: str,
    look_for: str,
    *,
    data: dict | None = None,
    model: dict | None = None,
    sequence: dict | None = None,
    train: dict | None = None,
    **rest,
) -> Recipe:
    """A recipe that changes single fields of its task's defaults."""
    start = TASKS[name.split("/")[0]].defaults
    return Recipe(
        name,
        tutorial,
        look_for,
        replace(start.data, **data or {}),
        replace(start.model, **model or {}),
        replace(start.sequence, **sequence or {}),
        replace(start.train, **train or {}),
        **rest,
    )

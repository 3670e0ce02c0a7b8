"""About: what a model's config.json says beyond its build: how it was made, what it reached.

A folder can be foreign, edited or damaged, so anything may be missing: then it is None or empty.
`s2s.checkpoints.about_json` reads it and writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.errors import UserError
from s2s.results import Evaluation, SeedScore, Table, judged
from s2s.tasks.base import DataConfig
from s2s.tasks.recipes import RECIPES, Recipe
from s2s.text.language import Later, later, tr


@dataclass(frozen=True)
class Imported:
    """Where the weights of an imported model come from.

    Attributes:
        preset: whose modules it was.
        files: names and SHA-256.
        tensors: names, as the files have them, and shapes.
        untypable: side to how many of its tokens no text can spell.
        checked: how it answers beside the original, in a sentence; None where nobody compared.
        notes: what else was noticed on the way in.
        title: what it does, where it was given words of its own; else empty.
        languages: what its source and its target are called, likewise.
        examples: texts that it can read, for the pages; the first is shown on arrival.
    """

    preset: str
    files: tuple[tuple[str, str], ...]
    tensors: tuple[tuple[str, tuple[int, ...]], ...]
    untypable: Mapping[str, int]
    checked: str | None = None
    notes: tuple[str, ...] = ()
    title: str = ""
    languages: tuple[str, str] | None = None
    examples: tuple[str, ...] = ()

    @property
    def proven(self) -> str:
        """What is known of its answers, in few words."""
        if self.checked is None:
            return tr("not checked against the original")
        return self.checked.partition(": ")[0].rstrip(".")


@dataclass(frozen=True)
class About:
    """How a model was made, and what it reached.

    Attributes:
        train: how it was trained.
        data: where its pairs come from and how they were split.
        variant: its name within the task.
        command: what made it.
        imported: where the weights come from, if they were not trained here.
        file: name of the data file.
        pairs: part to how many.
        parameters: how many.
        seconds: of its training.
        updates: optimiser steps.
        torch: PyTorch's version.
        clock: ``cpu`` where the seconds are processor time, else they are the wall clock's.
        recipe: name in `RECIPES` of the recipe it follows.
        near_share: share of test sources within one token of a training source, 0 to 1.
        read_alike: test inputs that are a training input once unknown words are mapped.
        metrics: part to quality, of the stored file.
        tutorial: T1 … T5, empty for ours; None where no recipe says.
        look_for: what to notice in it.
        gradient_of: the output token whose gradients were kept while it learned.
        seeds: what each seed of the recipe reached; empty for a single run.
        tables: what the recipe found beyond the scores.
        faults: ``train`` or ``data`` to why that part of config.json could not be read.
    """

    train: TrainConfig | None = None
    data: DataConfig | None = None
    variant: str | None = None
    command: str | None = None
    imported: Imported | None = None
    file: str | None = None
    pairs: Mapping[str, int] = field(default_factory=dict)
    parameters: int | None = None
    seconds: float | None = None
    updates: int | None = None
    torch: str | None = None
    clock: str | None = None
    recipe: str | None = None
    near_share: float | None = None
    read_alike: int | None = None
    metrics: Mapping[str, Evaluation] = field(default_factory=dict)
    tutorial: str | None = None
    look_for: str | Later | None = None
    gradient_of: str | None = None
    seeds: tuple[SeedScore, ...] = ()
    tables: tuple[Table, ...] = ()
    faults: Mapping[str, Later | str] = field(default_factory=dict)

    def score(self, metric: str) -> float | None:
        """The stored model's score on the test part, 0 to 100."""
        return judged(self.metrics["test"], metric) if "test" in self.metrics else None

    def by_seed(self, metric: str) -> dict[int, float]:
        """Seed to score, 0 to 100; empty for a single run."""
        scores = {row.seed: judged(row, metric) for row in self.seeds}
        return {seed: value for seed, value in scores.items() if value is not None}

    def kept(self) -> str:
        """Which seed's model is stored and why: ``seed 1, the first, whatever it scored``."""
        if self.train is None:
            return ""
        seed = self.train.seed
        is_first = bool(self.seeds) and seed == self.seeds[0].seed
        why = "first, whatever it scored" if is_first else "one its recipe names"
        return f"seed {seed}, the {why}"


class Described(Protocol):
    """What says how it is built and how it was made: a model's folder, or the loaded model."""

    @property
    def name(self) -> str:
        """``task/variant``, or a path."""

    @property
    def task(self) -> str:
        """The task's name."""

    @property
    def config(self) -> ModelConfig | None:
        """Its shape; None for a folder that cannot be used."""

    @property
    def sequence(self) -> SequenceConfig | None:
        """How it reads and writes; None likewise."""

    @property
    def about(self) -> About:
        """How it was made."""


def recipe_of(model: Described) -> Recipe | None:
    """The recipe a model follows: the one it names, else the one of its name."""
    return RECIPES.get(model.about.recipe or model.name)


def own_data(model: Described, instead: Later) -> DataConfig:
    """Where a model's own pairs come from, so that its parts can be made again.

    Args:
        model: a folder, or the model itself.
        instead: what a FILE would have to hold.

    Raises:
        UserError: when config.json does not say it, or not in a way that can be read.
    """
    data, fault = model.about.data, model.about.faults.get("data")
    if data is None:
        if fault:
            raise UserError(later("{where}: {why}", where=model.name, why=fault))
        raise UserError(
            later("{name} has no parts of its own; give a FILE of {what}.", name=model.name,
                  what=instead)
        )  # fmt: skip
    return data

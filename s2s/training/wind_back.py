"""Give a stored model its epochs back: train it again, and keep what it did on the way.

On another kind of processor the same settings and seed lead to another model, because sums are
added up in another order. Then the losses of that run are kept beside its sentences, and said.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from s2s.checkpoints import checkpoint, replays
from s2s.checkpoints import history as histories
from s2s.checkpoints.config_json import CONFIG
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.results import EpochReport
from s2s.tasks.about import own_data
from s2s.tasks.recipes import Recipe
from s2s.text.language import later
from s2s.training import experiment, moments

NEAR = 2e-3
"""Weights of two runs on different processors differ by no more than this; shipped ones lie
between 1e-3 and 1e1, stored as float16."""


def wind_back(
    recipe: Recipe,
    path: str | None,
    runs: Path,
    on_batch: Callable[[int, int, int, float], None] = lambda *_: None,
    on_epoch: Callable[[EpochReport], None] = lambda _: None,
) -> tuple[Path, float]:
    """Train a recipe's stored model again and write its watched sentences beside it.

    Args:
        recipe: of the stored model.
        path: the data file, None for a generator.
        runs: folder of unfinished runs.
        on_batch: called with (epoch, batch, batches, loss so far).
        on_epoch: called with the report of every epoch.

    Returns:
        The stored model's folder, and the largest difference of a weight.

    Raises:
        UserError: when there is no such model, or it does not say how it was made.
    """
    stored = checkpoint.load(recipe.name)
    folder = checkpoint.find(recipe.name)
    train, data = stored.about.train, own_data(stored, later("pairs"))
    if train is None:
        raise UserError(later("{name} does not say how it was trained.", name=recipe.name))
    plan = experiment.Plan(
        recipe.task, recipe.variant, data, stored.model.config, stored.sequence, train, path,
        stored.about.command or "", runs, runs / recipe.task.name / recipe.variant / "model",
        recipe.watch,
    )  # fmt: skip
    prepared = experiment.prepare(plan)
    if not plan.watch:
        watch = moments.chosen(prepared.parts)
        prepared = replace(
            prepared, plan=replace(prepared.plan, watch=watch),
            run=replace(prepared.run, watch=watch),
        )  # fmt: skip
    made = experiment.execute(prepared, on_batch, on_epoch)
    far = distance(checkpoint.load(str(made)), stored)
    _place(made / replays.REPLAY, folder / replays.REPLAY)
    (folder / histories.REPLAYED).unlink(missing_ok=True)
    if far > NEAR:
        _place(made / histories.HISTORY, folder / histories.REPLAYED)
    else:  # the recipe may watch more sentences than when the model was made
        _place(made / histories.WATCHED, folder / histories.WATCHED)
    shutil.rmtree(made)
    return folder, far


def distance(one: Translator, other: Translator) -> float:
    """The largest difference of two weights; infinite where the models are built otherwise."""
    mine, theirs = one.model.state_dict(), other.model.state_dict()
    if {k: v.shape for k, v in mine.items()} != {k: v.shape for k, v in theirs.items()}:
        return float("inf")
    return max(float((mine[key] - theirs[key]).abs().max()) for key in mine)


def _place(made: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.tmp")
    shutil.copy(made, draft)
    shutil.copymode(target.parent / CONFIG, draft)
    os.replace(draft, target)

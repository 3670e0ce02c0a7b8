"""Carry out a recipe: train its seeds, measure the stored models, write checkpoint and card.

Every seed is an experiment of its own, which survives a kill; what is finished is not done again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from s2s.checkpoints import card, checkpoint, replays
from s2s.checkpoints import history as histories
from s2s.decoding.system import System
from s2s.probes import gradient_flow
from s2s.results import EpochReport, SeedScore, Table
from s2s.tasks.recipes import Recipe
from s2s.tasks.split import Pair
from s2s.text.numbers import spread
from s2s.training import experiment
from s2s.training.experiment import Plan
from s2s.training.recipe_tables import TABLES
from s2s.training.seed_runs import Findings, SeedRun

OnBatch = Callable[[int, int, int, float], None]
OnEpoch = Callable[[str, EpochReport], None]


def reproduce(
    recipe: Recipe,
    path: str | None,
    runs: Path,
    seeds: int,
    command: str,
    on_batch: OnBatch = lambda *_: None,
    on_epoch: OnEpoch = lambda *_: None,
) -> Path:
    """Train what is not trained yet, and write the checkpoint.

    Args:
        recipe: what to train.
        path: the data file, None for a generator.
        runs: folder for unfinished and single runs.
        seeds: how many seeds, from the recipe's first upwards.
        command: what was typed, for the card.
        on_batch: called with (epoch, batch, batches, loss so far).
        on_epoch: called with the run's name and its report after every epoch.

    Returns:
        The checkpoint's folder.

    Raises:
        UserError: when the data does not fit the recipe.
    """
    first = recipe.train.seed

    def run(name: str, wanted: Recipe) -> SeedRun:
        plan = _plan(wanted, path, runs / name, command)
        prepared = _train(plan, on_batch, lambda report: on_epoch(name, report))
        system = checkpoint.load(str(plan.target))
        seed = wanted.train.seed
        return SeedRun(seed, system, histories.read(plan.target), prepared.parts)

    done = [
        run(f"seed-{seed}", replace(recipe, train=replace(recipe.train, seed=seed)))
        for seed in range(first, first + seeds)
    ]

    def all_data() -> tuple[Sequence[EpochReport], list[Pair]]:
        data = replace(recipe.data, test_percent=0, validation_percent=0)
        everything = run("all-pairs", replace(recipe, data=data, watch=()))
        return everything.history.reports, everything.parts["train"]

    stored = next((single for single in done if single.seed == recipe.keep), done[0])
    findings = Findings(recipe, done, stored, all_data)
    tables = [TABLES[name](findings) for name in recipe.tables]
    if seeds > 1:
        tables.insert(0, seed_table(findings))
    return _write(findings, tables, command)


def seed_table(findings: Findings) -> Table:
    """Scores of every seed, and their mean with the sample standard deviation."""
    recipe, runs = findings.recipe, findings.runs
    columns: dict[str, list[float]] = {}
    prose = recipe.task.score == "bleu"
    for run in runs:
        row = seed_score(run)
        for name, scale in (
            ("train loss", 1), ("validation loss", 1), ("exact match", 100),
            *([("BLEU", 1), ("chrF", 1)] if prose else []), ("seconds", 1),
        ):  # fmt: skip
            value = getattr(row, name.lower().replace(" ", "_"))
            if value is not None:
                columns.setdefault(name, []).append(value * scale)
    digits = {"train loss": 4, "validation loss": 4}
    rows = [
        (f"seed {run.seed}", *(f"{v[i]:.{digits.get(n, 1)}f}" for n, v in columns.items()))
        for i, run in enumerate(runs)
    ]
    rows.append(("mean", *(spread(values, digits.get(n, 1)) for n, values in columns.items())))
    part = "test part" if "test" in runs[0].system.about.metrics else "one pair"
    return Table(
        f"{len(runs)} seeds",
        ("run", *columns),
        tuple(rows),
        f"Exact match in percent{', BLEU and chrF' if prose else ''} on the {part}, greedy; mean ± "
        "sample standard deviation. The train loss is in the run's own reduction "
        f"({recipe.train.reported_loss.replace('_', ' ')}), accumulated while training. "
        f"The stored model is that of seed {findings.stored.seed}.",
    )


def seed_score(run: SeedRun) -> SeedScore:
    """What one seed reached."""
    about, last = run.system.about, run.history.reports[-1]
    scores = about.metrics.get("test") or about.metrics["train"]
    return SeedScore(
        run.seed, last.train_loss, last.validation_loss, scores.exact_match, scores.bleu,
        scores.chrf, about.seconds,
    )  # fmt: skip


def _plan(recipe: Recipe, path: str | None, runs: Path, command: str) -> Plan:
    inspect = None
    if recipe.gradient_of:
        pair, token = recipe.watch[0], recipe.gradient_of

        def inspect(system: System) -> dict[str, float]:
            return state_gradients(system, pair, token)

    return Plan(
        recipe.task, recipe.variant, recipe.data, recipe.model, recipe.sequence, recipe.train, path,
        command, runs, runs / recipe.task.name / recipe.variant / "model", recipe.watch, inspect,
        recipe.name,
    )  # fmt: skip


def state_gradients(system: System, pair: Pair, token: str) -> dict[str, float]:
    """Sum of the absolute gradient of one token's loss at every state, as tutorial 1 plots it.

    h1 … hS are the encoder's states, s1 … st the decoder's up to the one that writes the token.
    """
    flow = gradient_flow(system, pair[0], target=pair[1], of="loss")
    row = flow.output.index(token)
    return {f"h{s + 1}": float(v) for s, v in enumerate(flow.encoder[row])} | {
        f"s{u + 1}": float(v) for u, v in enumerate(flow.decoder[row, : row + 1])
    }


def _train(
    plan: Plan, on_batch: OnBatch, on_epoch: Callable[[EpochReport], None]
) -> experiment.Prepared:
    """Train a plan unless its model is there already, with the very same settings."""
    prepared = experiment.prepare(plan)
    if plan.target.exists():
        there, plan = checkpoint.read(plan.target), prepared.plan
        settings = (there.config, there.sequence, there.about.train, there.about.data)
        if settings == (plan.model, plan.sequence, plan.train, plan.data):
            return prepared
        shutil.rmtree(plan.target)
    experiment.execute(prepared, on_batch, on_epoch)
    return prepared


def _write(findings: Findings, tables: Sequence[Table], command: str) -> Path:
    """The stored run's model, with all that the recipe found."""
    recipe, stored = findings.recipe, findings.stored
    about = replace(
        stored.system.about,
        command=command,  # a run that was there already may come from one with fewer seeds
        tutorial=recipe.tutorial,
        look_for=recipe.look_for,
        gradient_of=recipe.gradient_of,
        seeds=tuple(seed_score(run) for run in findings.runs),
        tables=tuple(tables),
    )
    system = replace(stored.system, about=about)
    folder = checkpoint.root() / recipe.task.name / recipe.variant
    seeds = {run.seed: run.history.reports for run in findings.runs}
    history = replace(stored.history, seeds=seeds)
    kept = replays.read(Path(stored.system.name) / replays.REPLAY)
    checkpoint.save(folder, system, about, history, card.render(recipe.task, system), kept)
    return folder

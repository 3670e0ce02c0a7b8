"""Train a model and write its checkpoint; an unfinished run goes on where it was left."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType

from tqdm import tqdm

from s2s.checkpoints import checkpoint
from s2s.cli.options import add_fields, apply
from s2s.cli.output import one_line
from s2s.config import NO_ATTENTION, ModelConfig, SequenceConfig, TrainConfig
from s2s.config.flags import as_flags
from s2s.errors import UserError
from s2s.model.attention import ATTENTIONS
from s2s.model.cells import RNNS
from s2s.results import EpochReport
from s2s.tasks import TASKS, languages
from s2s.tasks.base import DataConfig, Task
from s2s.tasks.pairs_file import read_file
from s2s.tasks.recipes import RECIPES, Recipe
from s2s.training import experiment, moments, run_folder
from s2s.training.engine import DEVICES, PRECISIONS, Hardware, rank, started_together
from s2s.training.run_state import claimed

PARTS = (("data", DataConfig, "data-"), ("model", ModelConfig, ""),
         ("sequence", SequenceConfig, ""), ("train", TrainConfig, ""))  # fmt: skip


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``train``: a few of its own, and one per configuration field."""
    parser.add_argument("task", metavar="TASK", help=f"one of {', '.join(TASKS)}")
    parser.add_argument("--name", required=True, help="the variant: the checkpoint's folder")
    parser.add_argument("--data", metavar="FILE", help="pairs, for a task that needs a file")
    parser.add_argument("--runs", default="runs", metavar="DIR", help="where unfinished runs lie")
    parser.add_argument("--restart", action="store_true", help="forget an unfinished run")
    parser.add_argument("--force", action="store_true", help="replace a finished model")
    parser.add_argument("--recipe", metavar="NAME", help="start from its settings, not the task's")
    parser.add_argument("--out", metavar="DIR", help="the checkpoint's folder, instead of --name's")
    parser.add_argument(
        "--watch",
        type=int,
        default=0,
        metavar="N",
        help="follow N held-out sentences epoch by epoch (a recipe has its own); attention, "
        f"gradients and states are kept of the first {moments.SENTENCES}",
    )
    parser.add_argument(
        "--pace",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="an epoch takes at least as long, so that it can be watched",
    )
    parser.add_argument("--device", default="cpu", help=f"one of {', '.join(DEVICES)}")
    parser.add_argument(
        "--precision", default="float32", help=f"of products: {' or '.join(PRECISIONS)}"
    )
    for _, kind, prefix in PARTS:
        add_fields(parser, kind, prefix, {"cell": RNNS, "attention": (NO_ATTENTION, *ATTENTIONS)})


def run(given: argparse.Namespace) -> int:
    """Train with a progress bar on stderr and a line per epoch on stdout."""
    if given.task not in TASKS:
        raise UserError(f"There is no task {given.task!r}; there are {', '.join(TASKS)}.")
    task = TASKS[given.task]
    if not given.name.replace("-", "").replace("_", "").isalnum() or not given.name.isascii():
        raise UserError(f"--name {given.name} may hold letters, digits, - and _ only.")
    recipe = _recipe(given, task)
    start = recipe or task.defaults
    folder = Path(given.out) if given.out else checkpoint.root() / task.name / given.name
    if folder.exists() and not given.force:
        raise UserError(f"{folder} exists; choose another --name, or --force to replace it.")
    parts = {part: apply(given, getattr(start, part), prefix) for part, _, prefix in PARTS}
    if given.data and languages.known(task.source_name) and languages.known(task.target_name):
        parts["data"] = _columns(given, task, parts["data"])
    plan = experiment.Plan(
        task=task,
        variant=given.name,
        path=given.data,
        command=command(task, given, parts),
        runs=Path(given.runs),
        folder=folder,
        watch=recipe.watch if recipe else (),
        hardware=Hardware(given.device, given.precision),
        **parts,
    )
    if rank():  # of several processes the first one holds the folder, writes and speaks
        experiment.execute(experiment.prepare(plan, given.restart))
        return 0
    name = f"{task.name}/{given.name}"
    with claimed(plan.run_folder, name), run_folder.told(plan.run_folder) as word:
        folder, done = _train(plan, given)
        if done < plan.train.epochs:
            word |= {"state": "stopped", "epoch": done}
            print(f"Stopped after epoch {done} of {plan.train.epochs}; the same command goes on.")
    print(f"Wrote {folder}")
    return 0


def _recipe(given: argparse.Namespace, task: Task) -> Recipe | None:
    """The recipe to start from, with the seed whose model it keeps."""
    if given.recipe is None:
        return None
    recipe = RECIPES.get(given.recipe)
    if recipe is None or recipe.task is not task:
        there = ", ".join(name for name, one in RECIPES.items() if one.task is task)
        raise UserError(f"{task.name} has no recipe {given.recipe!r}; there are {there or 'none'}.")
    return replace(recipe, train=replace(recipe.train, seed=recipe.keep))


def _stop_asked() -> Callable[[], None]:
    """A first SIGTERM ends the run at its next update; a second one ends the process.

    Returns:
        What raises `experiment.Stopped` once it was asked for.
    """
    asked = []

    def ask(number: int, _: FrameType | None) -> None:
        asked.append(number)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    try:
        signal.signal(signal.SIGTERM, ask)
    except ValueError:
        pass  # not the main thread: whoever called this function has its own ways

    def check() -> None:
        if asked:
            raise experiment.Stopped

    return check


def _train(plan: experiment.Plan, given: argparse.Namespace) -> tuple[Path, int]:
    """Train with a bar on the terminal; the checkpoint's folder and the last epoch."""
    stop = _stop_asked() if not started_together() else lambda: None
    prepared = experiment.prepare(plan, given.restart)
    if given.watch and not plan.watch:
        watch = moments.chosen(prepared.parts, given.watch)
        plan = replace(prepared.plan, watch=watch)
        prepared = replace(prepared, plan=plan, run=replace(prepared.run, watch=watch))
    done = len(prepared.run.reports)
    if done:
        print(f"Going on after epoch {done}.")
    per_epoch = len(prepared.run.batches)
    with tqdm(
        total=plan.train.epochs * per_epoch, initial=done * per_epoch, unit="update",
        disable=None, file=sys.stderr, dynamic_ncols=True,
    ) as bar:  # fmt: skip

        def on_batch(epoch: int, number: int, count: int, loss: float) -> None:
            bar.update((epoch - 1) * count + number - bar.n)
            bar.set_postfix_str(f"epoch {epoch}, loss {loss:.3f}", refresh=False)
            stop()

        began = time.monotonic()

        def on_epoch(report: EpochReport) -> None:
            nonlocal began
            tqdm.write(describe(report), file=sys.stdout)
            sys.stdout.flush()
            time.sleep(max(0.0, given.pace - (time.monotonic() - began)))
            began = time.monotonic()

        folder = experiment.execute(prepared, on_batch, on_epoch)
        return folder, len(prepared.run.reports)


def _columns(given: argparse.Namespace, task: Task, data: DataConfig) -> DataConfig:
    """The order of the file's columns: as asked, or as the languages of its texts say."""
    names = task.source_name, task.target_name
    asked = data.columns if hasattr(given, "data_columns") else None
    found = read_file(
        given.data, asked, lambda a, b: languages.fits(a, b, names), False, data.columns,
        "--data-columns",
    )  # fmt: skip
    for note in found.notes:
        print(one_line(note), file=sys.stderr)
    return replace(data, columns=found.columns)


def describe(report: EpochReport) -> str:
    """An epoch in one line."""
    text = f"epoch {report.epoch:3}  train loss {report.train_loss:.4f}"
    if report.validation_loss is not None:
        text += f"  validation loss {report.validation_loss:.4f}"
    if report.exact_match is not None:
        text += f"  exact match {100 * report.exact_match:5.1f} %"
    if report.bleu is not None:
        text += f"  BLEU {report.bleu:5.1f}"
    return f"{text}  {report.seconds:.0f} s"


def command(task: Task, given: argparse.Namespace, parts: dict) -> str:
    """The exact command that makes this model, without this machine's folders."""
    words = ["python", "-m", "s2s", "train", task.name, "--name", given.name]
    if given.data:
        words += ["--data", Path(given.data).name]
    for name, value, usual in (
        ("--device", given.device, "cpu"), ("--precision", given.precision, "float32"),
    ):  # fmt: skip
        words += [name, value] if value != usual else []
    for part, _, prefix in PARTS:
        words += as_flags(parts[part], getattr(task.defaults, part), prefix)
    return shlex.join(words)

"""Train a recipe, tabulate, write its checkpoint; what is finished is kept."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from s2s.checkpoints import card, checkpoint
from s2s.cli.train import describe
from s2s.errors import UserError
from s2s.evaluation.seed_table import against, over_seeds
from s2s.results import EpochReport, Table
from s2s.tasks import TASKS
from s2s.tasks.about import Described
from s2s.tasks.recipes import RECIPES
from s2s.text.numbers import spread
from s2s.training.reproduce import reproduce
from s2s.training.run_state import claimed
from s2s.training.wind_back import NEAR, wind_back


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``reproduce``."""
    parser.add_argument("recipe", metavar="RECIPE", nargs="?", help="see --list")
    parser.add_argument("--list", action="store_true", help="all recipes and what to look for")
    parser.add_argument("--table", metavar="TASK", help="compare the models of a task")
    parser.add_argument("--seeds", type=int, metavar="N", help="how many runs (the recipe's own)")
    parser.add_argument("--data", metavar="FILE", help="pairs, for a task that needs a file")
    parser.add_argument("--runs", default="runs", metavar="DIR", help="where unfinished runs lie")
    parser.add_argument("--force", action="store_true", help="replace a finished model")
    parser.add_argument(
        "--epochs",
        action="store_true",
        help="keep a stored model, train it once more, and write what it did epoch by epoch",
    )


def run(given: argparse.Namespace) -> int:
    """Train with a progress bar on stderr; epochs and tables on stdout."""
    if given.list:
        for recipe in RECIPES.values():
            print(f"{recipe.name:28} {recipe.tutorial or '–':3} {recipe.look_for}")
        return 0
    if given.table:
        print_table(given.table)
        return 0
    if given.recipe not in RECIPES:
        what = f"There is no recipe {given.recipe!r}" if given.recipe else "Name a recipe"
        raise UserError(f"{what}; python -m s2s reproduce --list names them all.")
    recipe = RECIPES[given.recipe]
    seeds = recipe.seeds if given.seeds is None else given.seeds
    if not 1 <= seeds <= 20:
        raise UserError(f"--seeds is {seeds}; it must be 1 to 20.")
    folder = checkpoint.root() / recipe.task.name / recipe.variant
    if folder.exists() and not given.force and not given.epochs:
        raise UserError(f"{folder} exists; --force replaces it.")
    runs = Path(given.runs)
    with (
        claimed(runs / recipe.task.name / recipe.variant, recipe.name),
        tqdm(unit="update", disable=None, file=sys.stderr, dynamic_ncols=True) as bar,
    ):

        def on_batch(epoch: int, number: int, count: int, loss: float) -> None:
            bar.total = recipe.train.epochs * count
            bar.n = (epoch - 1) * count + number
            bar.set_postfix_str(f"epoch {epoch}, loss {loss:.3f}", refresh=False)
            bar.update(0)

        def on_epoch(name: str, report: EpochReport) -> None:
            tqdm.write(f"{name}  {describe(report)}", file=sys.stdout)

        if given.epochs:
            folder, far = wind_back(
                recipe, given.data, runs, on_batch, lambda report: on_epoch(recipe.name, report)
            )
            if far > NEAR:
                print(f"Another model came out: weights differ by up to {far:.2g}; said in pages.")
        else:
            folder = reproduce(
                recipe, given.data, runs, seeds, command(given, seeds), on_batch, on_epoch
            )
    if not given.epochs:
        print((folder / checkpoint.CARD).read_text("utf-8"))
    print(f"Wrote {folder}")
    return 0


def print_table(task: str) -> None:
    """The comparison of a task's models, as Markdown."""
    models = [e for e in checkpoint.entries() if not e.problem and e.name.startswith(f"{task}/")]
    table = comparison(models)
    if table is None:
        raise UserError(f"There is no model of a recipe for task {task!r} yet.")
    print("\n".join([f"# {task}", "", *table.markdown(), "", table.note]))


def comparison(models: Sequence[Described]) -> Table | None:
    """One row per model of a task that has seeds; None if there is none."""
    rows, measure = [], ""
    for model in models:
        about, task = model.about, TASKS.get(model.task)
        if task is None or model.config is None or not about.by_seed(task.score):
            continue
        measure = task.measure
        scores = list(about.by_seed(task.score).values())
        rows.append((
            about.variant, card.shape(model.config), about.tutorial or None, len(about.seeds),
            over_seeds(about, "train_loss", 4), spread(scores, 1),
            against(model, models), about.parameters, over_seeds(about, "seconds", 0),
        ))  # fmt: skip
    if not rows:
        return None
    return Table(
        "All models of this task",
        ("model", "build", "tutorial", "seeds", "train loss", f"test {measure}",
         "against its control", "parameters", "seconds"),
        tuple(rows),
        "Mean ± sample standard deviation over seeds. The train loss is in each run's own "
        "reduction, accumulated while training. Against its control: mean difference of the test "
        "score, seed by seed, with a 95 % t-interval. Seconds: processor time of one run, one "
        "thread.",
    )  # fmt: skip


def command(given: argparse.Namespace, seeds: int) -> str:
    """The exact command that makes this model, without this machine's folders."""
    words = ["python", "-m", "s2s", "reproduce", given.recipe, "--seeds", str(seeds)]
    if given.data:
        words += ["--data", Path(given.data).name]
    return shlex.join(words)

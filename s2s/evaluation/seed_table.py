"""The models of one task in one table: what the recipes' seeds say side by side."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import mean, stdev
from typing import Any

from s2s.checkpoints import card
from s2s.results import Table
from s2s.tasks import TASKS
from s2s.tasks.recipes import RECIPES

About = dict[str, Any]


def spread(values: list[float], digits: int) -> str:
    """``12.3 ± 0.4``: mean and sample standard deviation; the value alone if there is one."""
    text = f"{mean(values):.{digits}f}"
    return text if len(values) < 2 else f"{text} ± {stdev(values):.{digits}f}"


def score(about: About) -> tuple[str, list[float]]:
    """What a model is judged by, in words, and its value for every seed (0 to 100)."""
    task = TASKS[about["task"]]
    if task.score == "bleu":
        return "BLEU", [row["bleu"] for row in about["about"]["seeds"]]
    return "exact match, %", [100 * row["exact_match"] for row in about["about"]["seeds"]]


def comparison(abouts: Iterable[About]) -> Table | None:
    """One row per model of a task that has seeds; None if there is none.

    Args:
        abouts: config.json of the task's models.
    """
    rows, name = [], ""
    for about in abouts:
        own = about.get("about", {})
        if not own.get("seeds"):
            continue
        name, values = score(about)
        seeds = own["seeds"]
        rows.append((
            own["variant"], card.shape(about["model"]), own["tutorial"] or None, len(seeds),
            spread([row["train_loss"] for row in seeds], 4), spread(values, 1),
            difference(about, abouts), own["parameters"],
            spread([row["seconds"] for row in seeds], 0),
        ))  # fmt: skip
    if not rows:
        return None
    return Table(
        "All models of this task",
        ("model", "build", "tutorial", "seeds", "train loss", f"test {name}",
         "against its control", "parameters", "seconds"),
        tuple(rows),
        "Mean ± sample standard deviation over seeds. The train loss is in each run's own "
        "reduction, accumulated while training. Against its control: mean difference of the test "
        "score, seed by seed, with a 95 % t-interval. Seconds: processor time of one run, one "
        "thread.",
    )  # fmt: skip


def difference(about: About, abouts: Iterable[About]) -> str | None:
    """``plain +6.2 (4.9 to 7.5)``: the score less that of the recipe's control, paired by seed.

    None without a control, or when it is not there or has other seeds.
    """
    own = about["about"]
    recipe = RECIPES.get(own.get("recipe", ""))
    control = recipe.control if recipe else ""
    found = [a for a in abouts if a.get("about", {}).get("variant") == control]
    if not control or not found or not found[0]["about"].get("seeds"):
        return None
    pairs = [[row["seed"] for row in a["about"]["seeds"]] for a in (about, found[0])]
    if pairs[0] != pairs[1]:
        return None
    (_, mine), (_, theirs) = score(about), score(found[0])
    gap = mean(a - b for a, b in zip(mine, theirs, strict=True))
    if len(mine) < 2:
        return f"{control} {signed(gap)}"
    low, high = interval(mine, theirs)
    return f"{control} {signed(gap)} ({signed(low)} to {signed(high)})"


def interval(mine: list[float], theirs: list[float]) -> tuple[float, float]:
    """95 % t-interval of the mean difference of paired values (scipy's paired t-test)."""
    if len({round(a - b, 12) for a, b in zip(mine, theirs, strict=True)}) == 1:
        return mine[0] - theirs[0], mine[0] - theirs[0]  # no spread at all
    from scipy import stats  # a second to import, and only tables need it

    bounds = stats.ttest_rel(mine, theirs).confidence_interval(0.95)
    return float(bounds.low), float(bounds.high)


def signed(value: float) -> str:
    """``+6.2`` or ``−0.4``, never ``−0.0``."""
    text = f"{abs(value):.1f}"
    return f"−{text}" if value < 0 and float(text) else f"+{text}"

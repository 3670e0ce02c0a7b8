"""The models of one task in one table: what the recipes' seeds say side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from statistics import fmean

from s2s.results import Gap
from s2s.tasks import TASKS
from s2s.tasks.about import About, Described, recipe_of
from s2s.text.numbers import spread


def over_seeds(about: About, name: str, digits: int) -> str | None:
    """Mean ± standard deviation of one number of `SeedScore`; None if a seed lacks it."""
    values = [getattr(row, name) for row in about.seeds]
    return None if not values or None in values else spread(values, digits)


def against(model: Described, models: Sequence[Described]) -> str | None:
    """``plain +6.2 (+4.9 to +7.5)``: the score less that of the recipe's control, seed by seed.

    None without a control, or when it is not there or has other seeds.
    """
    recipe, task = recipe_of(model), TASKS.get(model.task)
    if task is None or recipe is None or not recipe.control:
        return None
    other = next((m.about for m in models if m.about.variant == recipe.control), None)
    gap = other and paired(model.about.by_seed(task.score), other.by_seed(task.score))
    return f"{recipe.control} {gap.text()}" if gap else None


def gap(mine: About, theirs: About, metric: str) -> Gap | None:
    """One model's score less another's, seed by seed; of two single runs, their difference.

    None where they were not measured alike: other seeds, or another number of test pairs.

    Args:
        mine: the one model's.
        theirs: the other's.
        metric: ``bleu`` or ``exact_match``.
    """
    first, other = mine.by_seed(metric), theirs.by_seed(metric)
    if len(first) > 1 or len(other) > 1:
        return paired(first, other)
    values = mine.score(metric), theirs.score(metric)
    if values[0] is None or values[1] is None:
        return None
    alike = mine.metrics["test"].pairs == theirs.metrics["test"].pairs
    return Gap(values[0] - values[1]) if alike else None


def paired(mine: Mapping[int, float], theirs: Mapping[int, float]) -> Gap | None:
    """Mean difference of two models' scores by seed; None unless the seeds are the same."""
    if not mine or mine.keys() != theirs.keys():
        return None
    first, other = list(mine.values()), [theirs[seed] for seed in mine]
    mean = fmean(a - b for a, b in zip(first, other, strict=True))
    return Gap(mean, *interval(tuple(first), tuple(other))) if len(first) > 1 else Gap(mean)


@lru_cache(4096)
def interval(mine: tuple[float, ...], theirs: tuple[float, ...]) -> tuple[float, float]:
    """95 % t-interval of the mean difference of paired values (scipy's paired t-test).

    A page asks for those of all models in each of its runs.
    """
    if len({round(a - b, 12) for a, b in zip(mine, theirs, strict=True)}) == 1:
        return mine[0] - theirs[0], mine[0] - theirs[0]  # no spread at all
    from scipy import stats  # a second to import, and only tables need it

    bounds = stats.ttest_rel(mine, theirs).confidence_interval(0.95)
    return float(bounds.low), float(bounds.high)

"""How much of the gradient survives to the first source token, plain against attention?

    python benchmarks/vanishing.py [--out docs/vanishing.md] [--items 200] [--seeds 3] [--runs DIR]

Trains the recipes `reverse/plain` and `reverse/attention` with several seeds (what is finished
under --runs is not trained again), draws test strings of the lengths that the plain model gets
right, and compares the gradient at the first letter with that at the last one. About 20 minutes of
processor time from nothing; a minute once the models are there.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.stats import bootstrap

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from s2s.checkpoints import checkpoint
from s2s.decoding.system import System
from s2s.errors import UserError  # noqa: E402
from s2s.probes import gradient_flow  # noqa: E402
from s2s.results import Array, GradientFlow, LengthScore, Table  # noqa: E402
from s2s.tasks.parts import load_parts
from s2s.tasks.recipes import RECIPES
from s2s.tasks.split import Pair  # noqa: E402
from s2s.training.reproduce import reproduce

VARIANTS = ("plain", "attention")
# A length qualifies from this share of right answers, in every seed of the plain model ...
LEAST_RIGHT = 0.95
# ... measured on at least this many test strings: fewer could not tell 95 % from 90 %.
LEAST_STRINGS = 100
DRAW = 1  # seed of the items and of the bootstrap
RESAMPLES = 9999
FIRST, LAST, ALL, SIZE = "first written", "last written", "all", "size"
PLACES = {
    FIRST: "the first letter written, which copies the **last** letter read",
    LAST: "the last letter written, which copies the **first** letter read",
    ALL: "all letters written, geometric mean over them",
}


@dataclass(frozen=True, eq=False)
class Measured:
    """One model: [N] logarithms by the names of `log_ratios`; share exactly right by length."""

    logs: Mapping[str, Array]
    right: Mapping[int, float]


Found = Mapping[str, Sequence[Measured]]  # by variant, one per seed


def qualifying(scores: Iterable[Sequence[LengthScore]]) -> tuple[int, ...]:
    """The lengths at which every model is right often enough, on enough strings.

    Args:
        scores: for every model its scores by length.
    """
    good = [
        {row.length for row in rows
         if row.exact_match >= LEAST_RIGHT and row.pairs >= LEAST_STRINGS}
        for rows in scores
    ]  # fmt: skip
    if lengths := tuple(sorted(set.intersection(*good))):
        return lengths
    raise UserError(f"No length is {100 * LEAST_RIGHT:.0f} % right in every model.")


def draw(pairs: Sequence[Pair], lengths: Sequence[int], count: int) -> list[Pair]:
    """`count` pairs, dealt evenly over the lengths of their sources; the shortest get the rest."""
    chosen, items = random.Random(DRAW), []
    for place, length in enumerate(lengths):
        share = count // len(lengths) + (place < count % len(lengths))
        there = sorted(pair for pair in pairs if len(pair[0]) == length)
        if share > len(there):
            raise UserError(f"Of {length} letters there are {len(there)} strings: ask for fewer.")
        items += chosen.sample(there, share)
    return items


def log_ratios(flow: GradientFlow) -> dict[str, float]:
    """For each of PLACES ln(encoder[t, first letter] / encoder[t, last letter]).

    And ln(encoder[last letter, first letter]) as SIZE. Source and output each close with an end
    token, which is left out.
    """
    first, letters = flow.reading.first, flow.reading.length
    sizes = np.log(flow.encoder[:letters])  # [letters, S]
    logs = sizes[:, first] - sizes[:, first + letters - 1]
    return {FIRST: logs[0], LAST: logs[-1], ALL: logs.mean(), SIZE: sizes[-1, first]}


def summary(logs: Array) -> Array:
    """[4] geometric mean of the ratios [N], its bootstrapped 95 % interval (BCa), median."""
    found = bootstrap((logs,), np.mean, n_resamples=RESAMPLES, rng=np.random.default_rng(DRAW))
    return np.exp([logs.mean(), *found.confidence_interval, np.median(logs)])


def pooled(models: Sequence[Measured], name: str, chosen: Array | slice = slice(None)) -> Array:
    """[N] mean logarithm of each (chosen) item over the seeds, so that items are what varies."""
    return np.mean([model.logs[name][chosen] for model in models], axis=0)


def trained(variant: str, seeds: int, runs: Path) -> list[System]:
    """The models of a recipe, one per seed, trained where they are not there yet."""
    recipe = RECIPES[f"reverse/{variant}"]
    reproduce(
        recipe,
        None,
        runs,
        seeds,
        f"python benchmarks/vanishing.py --seeds {seeds}",
        on_epoch=lambda name, report: print(name, variant, report.epoch, file=sys.stderr),
    )
    numbers = range(recipe.train.seed, recipe.train.seed + seeds)
    return [checkpoint.load(str(runs / f"seed-{n}" / recipe.name / "model")) for n in numbers]


def scores(system: System) -> tuple[LengthScore, ...]:
    """Quality by length on the test part, as measured when the model was stored."""
    return system.about.metrics["test"].by_length


def measure(system: System, items: Sequence[Pair]) -> Measured:
    """The ratios of one model, the right answer fed."""
    rows = [log_ratios(gradient_flow(system, source, target)) for source, target in items]
    logs = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return Measured(logs, {row.length: row.exact_match for row in scores(system)})


def same_weights(first: System, second: System) -> bool:
    """Whether two models are equal to the last bit."""
    one, two = (system.model.state_dict() for system in (first, second))
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


def digits(value: float) -> str:
    """Two significant digits: 0.0012, 0.35, 4.1, 380."""
    return np.format_float_positional(value, 2, fractional=False, trim="-")


def cell(logs: Array) -> str:
    """A summary as a cell of a table."""
    mean, low, high, median = map(digits, summary(logs))
    return f"{mean} [{low}, {high}], {median}"


def ratio_table(found: Found) -> Table:
    """A row per model and seed, and one over the seeds."""
    rows = []
    for variant, models in found.items():
        for seed, model in enumerate(models, RECIPES[f"reverse/{variant}"].train.seed):
            rows.append((variant, f"seed {seed}", *(cell(model.logs[place]) for place in PLACES)))
        rows.append((variant, "all seeds", *(cell(pooled(models, place)) for place in PLACES)))
    return Table("", ("model", "run", *PLACES), tuple(rows))


def length_table(found: Found, items: Sequence[Pair]) -> Table:
    """A row per length: what qualified it, how many items, and the ratios over the seeds."""
    lengths = np.array([len(source) for source, _ in items])
    columns, rows = [(variant, place) for place in (FIRST, LAST) for variant in VARIANTS], []
    for length, count in sorted(Counter(lengths.tolist()).items()):
        right = " / ".join(f"{100 * model.right[length]:.1f}" for model in found["plain"])
        means = (pooled(found[v], place, lengths == length).mean() for v, place in columns)
        rows.append((length, count, right, *(digits(np.exp(mean)) for mean in means)))
    heads = (f"{variant}, {place}" for variant, place in columns)
    return Table("", ("length", "items", "plain right, %", *heads), tuple(rows))


def document(found: Found, items: Sequence[Pair], shipped: Mapping[str, bool]) -> str:
    """docs/vanishing.md."""
    mean = {(variant, name): digits(np.exp(pooled(models, name).mean()))
            for variant, models in found.items() for name in (*PLACES, SIZE)}  # fmt: skip
    lengths = [len(source) for source, _ in items]
    first, count = RECIPES["reverse/plain"].train.seed, len(found["plain"])
    same = " and ".join(f"`reverse/{name}`" for name in VARIANTS if shipped[name]) or "none"
    return f"""# What survives to the first source token

For the letter written last, the copy of the first letter read, the gradient at that first letter is
**{mean["plain", LAST]} times** the one at the last letter in the plain model and
**{mean["attention", LAST]} times** with attention; for the letter written first, the copy of the
last, **{mean["plain", FIRST]} times** and **{mean["attention", FIRST]} times**: geometric means
over {len(items)} strings and {count} seeds.

{chr(10).join(ratio_table(found).markdown())}

Each cell: geometric mean [95 % interval], median, all of ratios. Made by

    python benchmarks/vanishing.py --items {len(items)} --seeds {count}

## Definition

- The ratio is `encoder[t, first] / encoder[t, last]` of `gradient_flow`: the sum over the units of
  the absolute gradient of output token t's log odds by the encoder's state h, along every path, at
  the first and at the last source **letter**. The end token read after the last letter is on
  neither side; the end token written last is no row.
{chr(10).join(f"- {name}: {meaning}." for name, meaning in PLACES.items())}
- 1: both places count alike; below 1 the first is the fainter. It compares two places of one model.
  Sizes themselves, at the first letter, for the letter written last: {mean["plain", SIZE]} plain,
  {mean["attention", SIZE]} with attention (geometric means).
- Items: strings of the test part, drawn evenly over the lengths {min(lengths)} to {max(lengths)}
  (seed {DRAW}), the same for every model; the right answer is fed. A length qualifies if the plain
  model of every seed is exactly right on {100 * LEAST_RIGHT:.0f} % or more of the test strings of
  that length, of which there must be {LEAST_STRINGS}.
- Interval: over items, bootstrap (BCa, {RESAMPLES:,} resamples) of the mean logarithm; for all
  seeds, of every item's mean over them, so it says nothing about other seeds.
- Models: the recipes `reverse/plain` and `reverse/attention`, seeds {first} to {first + count - 1}.
  Of the models that ship, these are seed {first} bit for bit, as it was trained on the
  machine that made this page: {same}.

## By length

{chr(10).join(length_table(found, items).markdown())}

Right: exactly, on the test strings of that length, by seed. Ratios: geometric means over all seeds.
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--out", type=Path, default=ROOT / "docs" / "vanishing.md")
    options.add_argument("--items", type=int, default=200)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--runs", type=Path, default=Path("runs"))
    asked = options.parse_args()
    torch.set_num_threads(1)
    shipped = {name: checkpoint.load(f"reverse/{name}") for name in VARIANTS}
    # A recipe writes its model among the models there are: not over the ones that ship.
    os.environ["S2S_CHECKPOINTS"] = str(asked.runs / "vanishing")
    models = {name: trained(name, asked.seeds, asked.runs) for name in VARIANTS}
    recipe = RECIPES["reverse/plain"]
    _, parts = load_parts(recipe.task, recipe.data, recipe.sequence, None)
    items = draw(parts["test"], qualifying(map(scores, models["plain"])), asked.items)
    found = {name: [measure(model, items) for model in models[name]] for name in VARIANTS}
    equal = {name: same_weights(shipped[name], models[name][0]) for name in VARIANTS}
    page = document(found, items, equal)
    asked.out.write_text(page, "utf-8")


if __name__ == "__main__":
    main()

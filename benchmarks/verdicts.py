"""Do the verdicts on attention mean something? Chance, a ceiling, and what the weights are worth.

    python benchmarks/verdicts.py [--data FILE …] [--out docs/verdicts.md] [--sentences 40]

Asks `agreement` of every model that ships but the toy, on its task's examples and on held-out
sentences. Where these come from a file, name it under --data (each is known by its SHA-256), or
there are only the examples. About twenty minutes of processor time.
"""

from __future__ import annotations

import argparse
import random
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from s2s.checkpoints import checkpoint
from s2s.decoding.system import System
from s2s.errors import UserError  # noqa: E402
from s2s.probes import agreement  # noqa: E402
from s2s.results import Agreement, Array, Table  # noqa: E402
from s2s.results.agreement import DIGITS, MOSTLY_FROM, PARTLY_FROM, VERDICTS  # noqa: E402
from s2s.results.saliency import METHODS, MOVED_FROM  # noqa: E402
from s2s.tasks import TASKS  # noqa: E402
from s2s.tasks.about import own_data  # noqa: E402
from s2s.tasks.parts import load_parts
from s2s.tasks.text_file import text_sha256  # noqa: E402

LARGE = 5_000_000  # parameters; from here on a fifth of the sentences
SHUFFLES = 100
SEED = 1
# Rows of a table: from so many source tokens to so many.
GROUPS = {"3": (3, 3), "4": (4, 4), "5": (5, 5), "6": (6, 6), "7 to 9": (7, 9),
          "10 to 14": (10, 14), "15 or more": (15, 10**6), "all": (3, 10**6)}  # fmt: skip
CHANCE = 0.05
NONE = np.empty(0)


class Sample(NamedTuple):
    """One sentence of one model; T steps that the source moves, NaN where there is no tau."""

    tokens: int  # N, ranked source tokens
    ceiling: Array  # [T] tau of the three attributions with each other
    left_out: Array  # [T'] largest leave-one-out of each step, of all steps
    sizes: Array  # [T'] largest attribution
    median: Array = NONE  # [T] tau of attention with them; empty if it has none to rank
    sentence: float = np.nan  # the median over all steps
    shuffled: Array = NONE  # [K, T] with the places of the attention exchanged at random
    shuffled_sentence: Array = NONE  # [K]
    other: Array = NONE  # [T * (T - 1)] attention of a step, attributions of another
    lost: Array = NONE  # [T] nats of ln p lost with even weights


def directions(rows: Array) -> Array:
    """[R, N] to unit vectors [R, N * N] whose products are Kendall's tau-b; NaN if constant."""
    pairs = np.sign(rows[:, :, None] - rows[:, None, :]).reshape(len(rows), -1)
    return pairs / np.linalg.norm(pairs, axis=1, keepdims=True)


def look(found: Agreement, draw: np.random.Generator) -> Sample:
    """All that is counted of one sentence."""
    saliency, columns = found.saliency, list(found.saliency.columns())
    steps = np.flatnonzero(saliency.moved())
    ceiling, median = (
        np.array([ask(t) for t in steps], dtype=np.float64) for ask in (found.ceiling, found.median)
    )
    left_out = np.abs(np.nan_to_num(saliency.leave_one_out)).max(axis=1)
    sample = Sample(len(columns), ceiling, left_out, saliency.sizes())
    if found.median() is None:
        return sample
    weights = saliency.attention[steps][:, columns]
    grids = [directions(np.abs(getattr(saliency, name)[steps][:, columns])) for name in METHODS[1:]]
    orders = [draw.permutation(len(columns)) for _ in range(SHUFFLES)]
    shuffled = np.array(
        [[(directions(weights[:, order]) * grid).sum(axis=1) for grid in grids] for order in orders]
    ).round(DIGITS)  # [K, 3, T]
    across = np.array([directions(weights) @ grid.T for grid in grids]).round(DIGITS)  # [3, T, T]
    return sample._replace(
        median=median, sentence=found.median(), shuffled=np.nanmedian(shuffled, axis=1),
        shuffled_sentence=np.nanmedian(shuffled, axis=(1, 2)),
        other=np.nanmedian(across, axis=0)[~np.eye(len(steps), dtype=bool)],
        lost=np.log(found.probabilities / found.uniform)[steps],
    )  # fmt: skip


def samples(system: System, count: int, files: Mapping[str, Path]) -> list[Sample]:
    """Of the task's examples, then of held-out sources drawn at random, all that can be read."""
    task, draw, found = TASKS[system.task], np.random.default_rng(SEED), []
    data = own_data(system, "pairs")
    count = count // 5 if system.model.parameter_count() >= LARGE else count
    texts, path = list(task.examples), files.get(data.sha256 or "")
    if path or data.origin == "generator":
        _, parts = load_parts(task, data, system.sequence, path and str(path))
        sources = sorted({source for source, _ in parts["test"]} - set(texts))
        texts += random.Random(SEED).sample(sources, min(count, len(sources)))
    for text in texts[:count]:
        try:
            found.append(look(agreement(system, text), draw))
        except UserError as error:
            print(f"{system.name}: {error}", file=sys.stderr)
    return found


def every(found: Sequence[Sample], name: str) -> Array:
    """One array of all sentences', without NaN."""
    values = np.concatenate([NONE, *(np.ravel(getattr(sample, name)) for sample in found)])
    return values[~np.isnan(values)]


def reach(values: Array, edges: Sequence[float] = (MOSTLY_FROM, PARTLY_FROM)) -> tuple[float, ...]:
    """Percent that come up to each edge; by default those of a verdict."""
    return tuple(round(100 * float((values >= edge).mean()), 1) for edge in edges)


def model_table(found: Mapping[str, Sequence[Sample]]) -> Table:
    """A row per model with attention."""
    rows = []
    for name, mine in found.items():
        if len(median := every(mine, "median")):
            taus = (*np.quantile(median, [0.5, 0.1, 0.9]), np.median(every(mine, "ceiling")))
            shares = (reach(every(mine, what)) for what in ("median", "other", "sentence"))
            rows.append((name, len(mine), len(median), *map("{:.2f}".format, taus),
                         *sum(shares, ())))  # fmt: skip
    return Table("", ("model", "sentences", "steps", "tau", "10 %", "90 %", "ceiling",
                      "steps mostly, %", "partly +, %", "another step's mostly, %", "partly +, %",
                      "sentences mostly, %", "partly +, %"), tuple(rows))  # fmt: skip


def chance_table(attends: Sequence[Sample]) -> Table:
    """A row per number of source tokens: what renamed tokens come up to."""
    rows = []
    for name, (low, high) in GROUPS.items():
        if mine := [sample for sample in attends if low <= sample.tokens <= high]:
            shares = (reach(every(mine, what)) for what in ("shuffled", "shuffled_sentence"))
            rows.append((name, len(mine), len(every(mine, "median")), *sum(shares, ())))
    return Table("", ("source tokens", "sentences", "steps", "steps mostly, %", "partly +, %",
                      "sentences mostly, %", "partly +, %"), tuple(rows))  # fmt: skip


def worth_table(found: Mapping[str, Sequence[Sample]]) -> Table:
    """A row per model and verdict: what even weights cost."""
    rows = []
    for name, mine in found.items():
        if steps := [(sample.median, sample.lost) for sample in mine if len(sample.median)]:
            median, lost = map(np.concatenate, zip(*steps, strict=True))
            edges = ((MOSTLY_FROM, np.inf), (PARTLY_FROM, MOSTLY_FROM), (-np.inf, PARTLY_FROM))
            groups = (lost[(median >= low) & (median < high)] for low, high in edges)
            cells = (f"{np.mean(g):.2f} ({len(g)})" if len(g) else None for g in groups)
            rows.append((name, *cells))
    return Table("", ("model", *VERDICTS), tuple(rows))


def size_table(found: Mapping[str, Sequence[Sample]]) -> Table:
    """A row per model: how large the largest attribution of a step is."""
    rows = []
    for name, mine in found.items():
        sizes = every(mine, "sizes")
        at = (f"{value:.2g}" for value in (sizes.min(), np.median(sizes), sizes.max()))
        moved = (reach(every(mine, of), [MOVED_FROM])[0] for of in ("sizes", "left_out"))
        rows.append((name, len(sizes), *at, *moved))
    return Table("", ("model", "steps", "least", "median", "largest", "moved, %",
                      "by leave-one-out alone, %"), tuple(rows))  # fmt: skip


def document(found: Mapping[str, Sequence[Sample]], command: str) -> str:
    """docs/verdicts.md."""
    attends = [sample for mine in found.values() for sample in mine if len(sample.median)]
    chance, sizes = chance_table(attends), {n: every(mine, "sizes") for n, mine in found.items()}
    often = ", ".join(row[0] for row in chance.rows if row[3] > 100 * CHANCE)
    still = {name: values.max() for name, values in sizes.items() if values.max() < MOVED_FROM}
    least = min(values.min() for name, values in sizes.items() if name not in still)
    (mostly, partly), own = reach(every(attends, "shuffled")), reach(every(attends, "median"))
    ceiling = np.median(every(attends, "ceiling"))
    tables = (model_table(found), chance, worth_table(found), size_table(found))
    models, chances, worth, moved = ("\n".join(table.markdown()) for table in tables)
    return f"""# What a verdict on attention is worth

Of the models' steps {own[0]} % reach "{VERDICTS[0]}" (median tau {MOSTLY_FROM} or more), by chance
{mostly} %; {own[1]} % reach "{VERDICTS[1]}" ({PARTLY_FROM}) or better, by chance {partly} %. The
three attributions agree with each other at a median tau of {ceiling:.2f}.

{models}

Made by `{command}`.

Tau of a step (median, quantiles): the median of Kendall's tau-b between attention and gradient ×
input, integrated gradients and leave-one-out, by size, over the source tokens that all of them
score. Ceiling: the median tau of these three with each other. Another step's: attention of a step
against attributions of the others. Sentences: over all steps. Partly +: partly or better. Each
task's examples, then held-out sentences (seed {SEED}); a fifth from {LARGE:,} parameters on.

## Chance

The source tokens of the attention change places at random, {SHUFFLES} times a sentence.

{chances}

Where more than {100 * CHANCE:.0f} % of the steps reach "{VERDICTS[0]}" by chance, the sentence's
verdict says more than a step's. Numbers of source tokens where it is so: {often or "none"}.

## What even weights cost

Nats of ln p of the written token lost when its step's attention is spread evenly: mean (steps).
A verdict is about ranks; this is how much the answer hangs on the weights, which is another matter.

{worth}

## Steps that the source does not move

The largest attribution of a step, by integrated gradients or leave-one-out, in nats:

{moved}

Below {MOVED_FROM} a step gets no verdict. Never that large: {", ".join(still) or "none"} (at most
{max(still.values(), default=0.0):.2g}). All others are at {least:.2g} or above in every step.
Leave-one-out alone would not do: where a model is sure, leaving out one token hardly changes ln p,
and integrated gradients of the log odds still tell what the answer rests on.
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--data", type=Path, nargs="+", default=[])
    options.add_argument("--out", type=Path, default=ROOT / "docs" / "verdicts.md")
    options.add_argument("--sentences", type=int, default=40)
    asked = options.parse_args()
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", "All-NaN|invalid value")  # rows without a tau
    files = {text_sha256(path): path for path in asked.data}
    found = {
        entry.name: samples(checkpoint.load(entry.name), asked.sentences, files)
        for entry in checkpoint.entries()
        if not entry.problem and not entry.name.startswith("toy/")  # one sentence of three words
    }
    data = " ".join(["", "--data", *(path.name for path in asked.data)]) if files else ""
    command = f"python benchmarks/verdicts.py --sentences {asked.sentences}{data}"
    page = document({name: mine for name, mine in found.items() if mine}, command)
    asked.out.write_text(page, "utf-8")


if __name__ == "__main__":
    main()

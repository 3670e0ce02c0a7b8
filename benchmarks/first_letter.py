"""How long does the encoder remember the first letter? Plain against attention, by length.

    python benchmarks/first_letter.py [--out docs/first-letter.md] [--strings 600] [--splits 3]
                                      [--models 3] [--runs DIR]

A linear probe (`s2s.probes.readout`) tells the first letter of new strings from the encoder state
after the last letter was read, for each length by itself. The first model of each variant is the
stored one; more are trained by their recipe with the next seeds, under --runs, two to five minutes
of processor time each. The numbers of each model go into a table beside the page, which the States
page draws.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from s2s.checkpoints import checkpoint
from s2s.decoding.system import System
from s2s.model.threads import one_thread
from s2s.probes import readout, state_corpus
from s2s.results.readout import Remembered
from s2s.tasks import TASKS
from s2s.tasks.labelled import Labelled, LabelledSet
from s2s.tasks.reverse import fresh

VARIANTS = ("plain", "attention")
LENGTHS = tuple(range(4, 21))
LAST_LETTER = -2  # the end token is read after it


def models(variant: str, count: int, runs: Path) -> list[System]:
    """The stored model, and others of its recipe, trained where they are not there yet."""
    found = [checkpoint.load(f"reverse/{variant}")]
    for seed in range(2, count + 1):
        folder = runs / f"seed-{seed}" / "reverse" / variant / "model"
        if not folder.is_dir():
            subprocess.run(
                [sys.executable, "-m", "s2s", "train", "reverse", "--recipe", f"reverse/{variant}",
                 "--name", variant, "--seed", str(seed), "--runs", str(runs / f"seed-{seed}"),
                 "--out", str(folder)], cwd=ROOT, check=True,
            )  # fmt: skip
        found.append(checkpoint.load(str(folder)))
    return found


def told(system: System, length: int, strings: int, splits: int) -> tuple[float, float]:
    """Accuracy and that of the control, means over the splits."""
    pairs = fresh(TASKS["reverse"].defaults.data, length, strings, 7)
    known = LabelledSet(tuple(Labelled(t, {"first letter": t[0]}) for t, _ in pairs), "")
    corpus = state_corpus(system, known)
    found = readout(corpus, "encoder", "first letter", (LAST_LETTER,), splits)
    return float(found.accuracy.mean()), float(found.control.mean())


def measured(variant: str, given: argparse.Namespace) -> Remembered:
    """Every length with every model of a variant."""
    systems = models(variant, given.models, given.runs)
    table = np.empty((2, len(LENGTHS), len(systems)))
    for row, length in enumerate(LENGTHS):
        for column, system in enumerate(systems):
            table[:, row, column] = told(system, length, given.strings, given.splits)
        print(variant, length, cell(table[0, row]), file=sys.stderr)
    return Remembered(variant, LENGTHS, *table)


def cell(shares: np.ndarray) -> str:
    """Percent: mean, and the range over the models."""
    values = 100 * shares
    return f"{values.mean():.0f} [{values.min():.0f}, {values.max():.0f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "first-letter.md")
    parser.add_argument("--strings", type=int, default=600)
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--models", type=int, default=3)
    parser.add_argument("--runs", type=Path, default=ROOT / "runs")
    given = parser.parse_args()
    one_thread()
    found = [measured(variant, given) for variant in VARIANTS]
    given.out.write_text(page(found, given), "utf-8")
    with given.out.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(("variant", "letters", "seed", "accuracy", "shuffled"))
        for one in found:
            for row, length in enumerate(one.lengths):
                for seed, pair in enumerate(zip(one.accuracy[row], one.control[row], strict=True)):
                    write.writerow((one.variant, length, seed + 1, *(f"{v:.4f}" for v in pair)))


def page(found: list[Remembered], given: argparse.Namespace) -> str:
    """The measured page."""
    plain, attention = (100 * one.accuracy.mean(axis=1) for one in found)
    lines = [
        "# How long the encoder remembers the first letter", "",
        "From the encoder state after the last letter a linear probe tells the first letter of "
        f"strings of {LENGTHS[0]} letters in **{plain[0]:.0f} %** of cases in the plain model and "
        f"**{attention[0]:.0f} %** with attention; of {LENGTHS[-1]} letters in "
        f"**{plain[-1]:.0f} %** and **{attention[-1]:.0f} %**. Chance is 4 %. The plain decoder "
        "has nothing but that state, so its encoder must keep the letter there; with attention it "
        "can be looked up where it was read. All were trained on up to 15 letters.",
        "", "| letters | plain | attention | plain, shuffled | attention, shuffled |",
        "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for at, length in enumerate(LENGTHS):
        cells = [cell(part[at]) for parts in (
            [one.accuracy for one in found], [one.control for one in found],
        ) for part in parts]  # fmt: skip
        lines.append(f"| {length} | {' | '.join(cells)} |")
    lines += [
        "", f"Each cell: percent of held-out strings, mean [lowest, highest] of {given.models} "
        f"models of each kind, trained by their recipe with seeds 1 to {given.models}; of each the "
        f"mean over {given.splits} splits of {given.strings} strings. Seven strings in ten train "
        "the probe, the rest try it; the control has the same states with shuffled labels. All "
        "strings are of the test part. Made by", "",
        f"    python benchmarks/first_letter.py --strings {given.strings} "
        f"--splits {given.splits} --models {given.models}", "",
    ]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    main()

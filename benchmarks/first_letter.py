"""How long does the encoder remember the first letter? Plain against attention, by length.

    python benchmarks/first_letter.py [--out docs/first-letter.md] [--strings 600] [--seeds 3]
                                      [--models 1] [--runs DIR]

A linear probe (`s2s.probes.readout`) tells the first letter of new strings from the encoder state
after the last letter was read, for each length by itself. The first model of each variant is the
stored one; more are trained by their recipe with the next seeds, under --runs.
"""

from __future__ import annotations

import argparse
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


def told(system: System, length: int, strings: int, seeds: int) -> tuple[np.ndarray, np.ndarray]:
    """[R] accuracies and [R] of the control, of as many splits as seeds."""
    pairs = fresh(TASKS["reverse"].defaults.data, length, strings, 7)
    known = LabelledSet(tuple(Labelled(t, {"first letter": t[0]}) for t, _ in pairs), "")
    corpus = state_corpus(system, known)
    found = readout(corpus, "encoder", "first letter", (LAST_LETTER,), seeds)
    return 100 * found.accuracy[0], 100 * found.control[0]


def cell(values: np.ndarray) -> str:
    """Mean and the range over everything that was drawn."""
    return f"{values.mean():.0f} [{values.min():.0f}, {values.max():.0f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "first-letter.md")
    parser.add_argument("--strings", type=int, default=600)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--models", type=int, default=1)
    parser.add_argument("--runs", type=Path, default=ROOT / "runs")
    given = parser.parse_args()
    one_thread()
    rows: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for variant in VARIANTS:
        systems = models(variant, given.models, given.runs)
        rows[variant] = []
        for length in LENGTHS:
            parts = [told(system, length, given.strings, given.seeds) for system in systems]
            rows[variant].append(tuple(np.concatenate(part) for part in zip(*parts, strict=True)))
            print(variant, length, cell(rows[variant][-1][0]), file=sys.stderr)
    given.out.write_text(page(rows, given), "utf-8")


def page(rows: dict[str, list[tuple[np.ndarray, np.ndarray]]], given: argparse.Namespace) -> str:
    """The measured page."""
    first, last = ({v: found[at][0].mean() for v, found in rows.items()} for at in (0, -1))
    lines = [
        "# How long the encoder remembers the first letter", "",
        f"From the encoder state after the last letter a linear probe tells the first letter of "
        f"strings of {LENGTHS[0]} letters in **{first['plain']:.0f} %** of cases in the plain "
        f"model and **{first['attention']:.0f} %** with attention; of {LENGTHS[-1]} letters in "
        f"**{last['plain']:.0f} %** and **{last['attention']:.0f} %**. Chance is 4 %. The plain "
        "decoder has nothing but that state, so its encoder must keep the letter there; with "
        "attention it can be looked up where it was read. Both were trained on up to 15 letters.",
        "", "| letters | plain | attention | plain, shuffled | attention, shuffled |",
        "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for at, length in enumerate(LENGTHS):
        cells = [cell(rows[v][at][part]) for part in (0, 1) for v in VARIANTS]
        lines.append(f"| {length} | {' | '.join(cells)} |")
    lines += [
        "", "Each cell: percent of held-out strings, mean [lowest, highest] over "
        f"{given.seeds} splits of {given.strings} strings"
        + (f" and {given.models} models of other seeds" if given.models > 1
           else " of the stored model (seed 1)")
        + ". Seven strings in ten train the probe, the rest try it; the control has the same "
        "states with shuffled labels. All strings are of the test part. Made by", "",
        f"    python benchmarks/first_letter.py --strings {given.strings} "
        f"--seeds {given.seeds} --models {given.models}", "",
    ]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    main()

"""Examine a model: what is wrong with it, and on which sentences it shows."""

from __future__ import annotations

import argparse
import json
import sys

from tqdm import tqdm

from s2s.checkpoints import checkpoint
from s2s.cli.output import one_line, say_read
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.evaluation import check_file
from s2s.evaluation.diagnose import diagnose, with_original
from s2s.evaluation.reading import fits
from s2s.export.diagnosis_json import diagnosis_json
from s2s.findings.diagnosis import WORDS, headline, healthy, says, value
from s2s.model.threads import one_thread
from s2s.results.diagnosis import Diagnosis
from s2s.tasks import testsets
from s2s.tasks.base import COLUMNS
from s2s.tasks.pairs_file import PairSet, read_file

MARKS = {"ok": "in range", "edge": "~ edge", "outside": "! OUTSIDE", "no_answer": "no answer"}
WORST = 5


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``diagnose``."""
    parser.add_argument("model", metavar="MODEL", help="task/variant, or a folder")
    parser.add_argument(
        "file", metavar="FILE", nargs="?",
        help="two columns with a tab between; without it the task's own test set",
    )  # fmt: skip
    parser.add_argument("--columns", choices=COLUMNS, help="order of the columns")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pairs")
    parser.add_argument(
        "--like", metavar="FILE",
        help="what the original model did, a check.json as of `import`: which mistake gives that?",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(given: argparse.Namespace) -> int:
    """Print the report."""
    one_thread()
    if given.limit is not None and given.limit < 1:
        raise UserError(f"--limit is {given.limit}; it must be at least 1.")
    system = checkpoint.load(given.model)
    pairs = _pairs(system, given).first(given.limit)
    with tqdm(
        total=1.0, disable=None, leave=False, file=sys.stderr, bar_format="{l_bar}{bar}"
    ) as bar:
        found = diagnose(system, pairs, lambda share: bar.update(share - bar.n))
    if given.like:
        found = with_original(found, system, check_file.read_file(given.like, system))
    if given.json:
        how = {"read": pairs.read(len(found.answers), found.refused)}
        print(json.dumps(diagnosis_json(found) | how, ensure_ascii=False, allow_nan=False))
    else:
        _print(found)
        say_read(pairs.notes, found.refused)
    return 0


def _pairs(system: System, given: argparse.Namespace) -> PairSet:
    if given.file:
        return read_file(given.file, given.columns, fits(system), limited=False)
    if system.task not in testsets.names():
        raise UserError(f"{system.task} has no test set of its own; give a FILE of pairs.")
    return testsets.of(system.task)


def _print(found: Diagnosis) -> None:
    print(f"{found.model} on {len(found.answers)} sentences. {headline(found)}")
    width = max(len(words.title) for words in WORDS.values())
    for check in found.checks:
        told = "" if check.value is None else f"{value(check):>9}  {healthy(check)}"
        print(f"{WORDS[check.name].title:{width}}  {MARKS[check.verdict]:9}  {told}")
        if check.verdict in ("outside", "no_answer"):
            print(f"{'':{width}}  {says(check, len(found.answers))}")
    print("The worst sentences:")
    for place in found.worst()[:WORST]:
        answer = found.answers[place]
        chips = f"  [{', '.join(answer.chips)}]" if answer.chips else ""
        print(one_line(f"{answer.line}: {answer.source} → {answer.output}{chips}"))

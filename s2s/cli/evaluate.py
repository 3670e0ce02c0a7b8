"""Measure a model on a file of pairs, or on a held-out part of its own data."""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import asdict, replace
from typing import Any

from tqdm import tqdm

from s2s.checkpoints import checkpoint
from s2s.cli.output import say_read
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.evaluation.domino import domino
from s2s.evaluation.evaluate import evaluate_set
from s2s.evaluation.reading import fits, read_set
from s2s.findings.domino import domino_finding
from s2s.model.threads import one_thread
from s2s.results import Evaluation
from s2s.results.domino import Domino
from s2s.tasks import TASKS
from s2s.tasks.about import own_data
from s2s.tasks.base import COLUMNS
from s2s.tasks.pairs_file import PairSet, read_file
from s2s.tasks.parts import load_parts
from s2s.text import label
from s2s.text.language import later
from s2s.training import measure


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``evaluate``."""
    parser.add_argument("model", metavar="MODEL", help="task/variant, or a folder")
    parser.add_argument("file", metavar="FILE", nargs="?", help="two columns with a tab between")
    parser.add_argument("--split", choices=("validation", "test"), help="a part of its own data")
    parser.add_argument("--data", metavar="FILE", help="the file the model was trained on")
    parser.add_argument("--lengths", metavar="A-B", help="new sources of these lengths (reverse)")
    parser.add_argument("--columns", choices=COLUMNS, help="order of the columns")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pairs")
    parser.add_argument(
        "--forced", action="store_true",
        help="also count right tokens with the right ones fed, and what follows a wrong one",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(given: argparse.Namespace) -> int:
    """Print the metrics."""
    one_thread()
    chosen = [name for name in ("file", "split", "lengths") if getattr(given, name)]
    if len(chosen) != 1:
        raise UserError("Name one thing to measure on: a FILE, --split, or --lengths.")
    if given.limit is not None and given.limit < 1:
        raise UserError(f"--limit is {given.limit}; it must be at least 1.")
    system = checkpoint.load(given.model)
    pairs = _pairs(given, system).first(given.limit)
    read = read_set([system], pairs)
    with tqdm(total=len(read.kept), unit="pair", disable=None, leave=False, file=sys.stderr) as bar:
        result = evaluate_set(system, read, lambda done, _: bar.update(done - bar.n))
    found = domino(system, read) if given.forced else None
    if given.json:
        how = {"read": pairs.read(len(read.kept), read.refused)}
        if found is not None:
            how["domino"] = domino_json(found)
        print(json.dumps(evaluation_json(result) | how, ensure_ascii=False, allow_nan=False))
    else:
        _print(result)
        if found is not None:
            print(domino_finding(found, system.name))
        say_read(pairs.notes, read.refused)
    return 0


def evaluation_json(result: Evaluation) -> dict[str, Any]:
    """An Evaluation in the shape of the contract."""
    return asdict(result) | {"bleu": _bleu(result)}


def domino_json(found: Domino) -> dict[str, Any]:
    """A Domino: right tokens and how many, by place, and after a right and a wrong one."""
    return {
        fed: {
            "by_place": [list(share) for share in found.by_place(fed)],
            "after_right": list(found.after(fed, True)),
            "after_wrong": list(found.after(fed, False)),
        }
        for fed in ("forced", "free")
    }


def _bleu(result: Evaluation) -> float | None:
    """BLEU counts runs of four tokens: there is none where no reference has as many."""
    return result.bleu if any(row.bleu is not None for row in result.by_length) else None


def _pairs(given: argparse.Namespace, system: System) -> PairSet:
    if given.file:
        return read_file(given.file, given.columns, fits(system), limited=False)
    task = TASKS.get(system.task)
    if task is None:
        raise UserError(f"{system.name} belongs to no task of ours; give a FILE of pairs.")
    data = own_data(system, later("pairs"))
    if given.columns:
        data = replace(data, columns=given.columns)
    if given.lengths:
        lengths = _lengths(given.lengths, system)
        fresh = measure.fresh_pairs(task, data, lengths, measure.FRESH_COUNT)
        return PairSet.of(f"{task.name}, lengths {given.lengths}", fresh)
    pairs = load_parts(task, data, system.sequence, given.data)[1][given.split]
    if not pairs:
        raise UserError(f"{system.name} has no {given.split} part.")
    return PairSet.of(f"{task.name}, {given.split} part", pairs)


def _lengths(text: str, system: System) -> range:
    """``A-B``, or one length; UserError for anything else and for more than the model reads."""
    shown = label(text, 40)
    match = re.fullmatch(r"([1-9][0-9]*)(?:-([1-9][0-9]*))?", text)
    if not match:
        raise UserError(f"--lengths {shown} is not A-B with 1 ≤ A ≤ B.")
    most = system.sequence.max_source_length
    first, last = (min(int(end[:9]), most + 1) for end in (match[1], match[2] or match[1]))
    if last > most:
        raise UserError(f"--lengths {shown}: {system.name} reads at most {most}.")
    if last < first:
        raise UserError(f"--lengths {shown} is not A-B with 1 ≤ A ≤ B.")
    return range(first, last + 1)


def _print(result: Evaluation) -> None:
    bleu = _bleu(result)
    print(
        f"{result.pairs} pairs: exact match {100 * result.exact_match:.1f} %, "
        f"BLEU {'–' if bleu is None else f'{bleu:.1f}'}, chrF {result.chrf:.1f}, "
        f"unknown source tokens {100 * result.unknown_rate:.1f} %, "
        f"without an end in time {100 * result.unfinished:.1f} %"
    )
    print("length  pairs  exact match  BLEU")
    for row in result.by_length:
        score = "   –" if row.bleu is None else f"{row.bleu:4.1f}"
        print(f"{row.length:6}  {row.pairs:5}  {100 * row.exact_match:9.1f} %  {score}")

"""Compare two to four models of one task, on a sentence or on a test set."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

import numpy as np
from tqdm import tqdm

from s2s.checkpoints import checkpoint
from s2s.cli.output import one_line, say_read
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.evaluation.compare import check, check_count, compare_sentence, compare_set
from s2s.evaluation.fairness import Fairness, fairness
from s2s.evaluation.reading import fits
from s2s.export.comparison_json import sentence_json, set_json
from s2s.findings.comparison import NAMES, p_value, sentence_finding, set_finding, shown
from s2s.model.threads import one_thread
from s2s.results.comparison import SCORES, Comparison, Scores, SetComparison
from s2s.tasks import pairs_file, testsets, text_file
from s2s.tasks.base import COLUMNS
from s2s.tasks.pairs_file import PairSet
from s2s.text import label

NEEDED = "Name two models or more and then one TEXT, --file FILE or --set."
SHOWN = 5


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``compare``."""
    parser.add_argument(
        "words", metavar="MODEL|TEXT", nargs="+",
        help="2 to 4 models of one task, the first is what the others are held against; "
        "then a text, unless a set is named",
    )  # fmt: skip
    parser.add_argument("--file", metavar="FILE", help="pairs: two columns with a tab between")
    parser.add_argument("--columns", choices=COLUMNS, help="order of the file's columns")
    parser.add_argument("--set", action="store_true", help="the test set that comes with the task")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pairs")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(given: argparse.Namespace) -> int:
    """Print the comparison."""
    one_thread()
    of_set = given.file is not None or given.set
    names, text = (given.words, "") if of_set else _with_text(given.words)
    _check_options(given, of_set)
    check_count(len(names))
    systems = [checkpoint.load(name) for name in names]
    check(systems)
    fair = fairness(systems)
    if not of_set:
        sentence = compare_sentence(systems, text)
        if given.json:
            print(json.dumps(sentence_json(sentence, fair), ensure_ascii=False))
        else:
            _print_sentence(sentence, fair)
        return 0
    with tqdm(total=100, disable=None, leave=False, file=sys.stderr) as bar:

        def progress(share: float, what: object) -> None:
            bar.set_description_str(one_line(what), refresh=False)
            bar.update(int(100 * share) - bar.n)

        pairs = _pairs(given, systems)
        result = compare_set(systems, pairs, progress)
    if given.json:
        print(json.dumps(set_json(result, fair), ensure_ascii=False))
    else:
        _print_set(result, fair, pairs)
    return 0


def _with_text(words: list[str]) -> tuple[list[str], str]:
    """Models, and the text that stands last."""
    known = {entry.name for entry in checkpoint.entries()}
    if len(words) < 3 or words[-1] in known:
        raise UserError(NEEDED)
    # Bytes of an argument that are not UTF-8 come as lone surrogates.
    return words[:-1], text_file.decoded(words[-1].encode("utf-8", "surrogateescape"))


def _check_options(given: argparse.Namespace, of_set: bool) -> None:
    if given.file is not None and given.set:
        raise UserError("--file and --set are two test sets; leave one out.")
    if given.columns and given.file is None:
        raise UserError("--columns belongs to --file.")
    if given.limit is not None and not of_set:
        raise UserError("--limit belongs to a test set; add --file FILE or --set.")
    if given.limit is not None and given.limit < 1:
        raise UserError(f"--limit is {given.limit}; it must be at least 1.")


def _pairs(given: argparse.Namespace, systems: Sequence[System]) -> PairSet:
    if given.set:
        pairs = testsets.of(systems[0].task)
    else:
        pairs = pairs_file.read_file(given.file, given.columns, fits(systems[0]))
    return pairs.first(given.limit)


def _print_sentence(result: Comparison, fair: Fairness) -> None:
    """The outputs as lanes: brackets around what differs from the first, · for a gap."""
    marks = result.differs()
    lanes = [
        ["·" if t is None else f"[{label(t)}]" if marks[m, c] else label(t)
         for c, t in enumerate(lane)]
        for m, lane in enumerate(result.tokens())
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(*lanes, strict=True)]
    wide = max(len(label(model)) for model in result.models)
    for model, lane, trace in zip(result.models, lanes, result.traces, strict=True):
        line = " ".join(cell.ljust(width) for cell, width in zip(lane, widths, strict=True))
        sure = f"log probability {trace.log_probability:.2f}"
        print(f"{label(model):<{wide}}  {line.rstrip()}   {sure}")
    print(sentence_finding(result))
    _print_fairness(fair, result.notes)


def _print_set(result: SetComparison, fair: Fairness, pairs: PairSet) -> None:
    print(set_finding(result))
    wide = max(len(label(model)) for model in result.models)
    for model, scores in zip(result.models, result.scores, strict=True):
        print(f"{label(model):<{wide}}  {_line(scores)}")
    for test in result.tests:
        factor = 100 if test.score == "exact_match" else 1
        print(
            f"{label(result.models[test.model])} less {label(result.models[0])}, "
            f"{NAMES[test.score]}: "
            f"{factor * test.difference:+.2f}, {p_value(test.p)}, "
            f"sentences that differ: {test.differing:,}"
        )
    for group in result.by_length:
        tokens = f"{group.shortest}-{group.longest}" if group.shortest < group.longest else (
            f"{group.shortest}")  # fmt: skip
        print(f"{tokens} source tokens, {group.pairs:,} pairs")
        for model, scores in zip(result.models, group.scores, strict=True):
            print(f"  {label(model):<{wide}}  {_line(scores)}")
    for n in np.argsort(-result.disagreement, kind="stable")[:SHOWN].tolist():
        if result.disagreement[n] > 0:
            print(f"line {result.lines[n]}: {_text(result.sources[n])}")
            for model, texts in zip(result.models, result.outputs, strict=True):
                print(f"  {label(model):<{wide}}  {_text(texts[n])}")
    say_read(pairs.notes, result.refused)
    _print_fairness(fair, tuple(note for note in result.notes if note not in pairs.notes))


def _print_fairness(fair: Fairness, notes: Sequence[object]) -> None:
    for fact in fair.facts:
        print(fact)
    for warning in (*fair.warnings, *notes):
        print(f"Note: {one_line(warning)}")


def _line(scores: Scores) -> str:
    """Every score with its 95 % interval."""
    told = []
    for name in SCORES:
        value = getattr(scores, name)
        told.append(
            f"{NAMES[name]} {'–' if value is None else shown(value, name == 'exact_match')}"
        )
    return "; ".join(told)


def _text(text: str) -> str:
    return label(text, 100).replace("␣", " ")

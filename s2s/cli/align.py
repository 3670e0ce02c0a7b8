"""Compare attention with gold links: alignment error rate and the shift check."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from tqdm import tqdm

from s2s.checkpoints import checkpoint
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.evaluation.alignment import align, check_attention, held_out_gold, refusal
from s2s.model.threads import one_thread
from s2s.results.alignment import COMPARED, Alignment, GoldPair
from s2s.results.comparison import Refused
from s2s.tasks.gold import read_gold


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``align``."""
    parser.add_argument("model", metavar="MODEL", help="task/variant, or a folder")
    parser.add_argument(
        "file", metavar="FILE", nargs="?",
        help="JSON lines with source, target (token arrays), sure, possible (0-based "
        "[source, target] links); without it the generator's own links, where a task has some",
    )  # fmt: skip
    parser.add_argument(
        "--gold", action="store_true", help="the generator's own links (the default without FILE)"
    )
    parser.add_argument(
        "--split", choices=("validation", "test"),
        help="the held-out part that the generator's links are for (default test)",
    )  # fmt: skip
    parser.add_argument(
        "--data", metavar="FILE", help="the file the model was trained on (dates-book)"
    )
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pairs")
    parser.add_argument(
        "--linked", action="store_true",
        help="leave out target tokens without a link, as is always done for the generator's: for "
        "a FILE that links content words only",
    )  # fmt: skip
    parser.add_argument(
        "--skip", action="store_true", help="leave out lines of FILE that cannot be used"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(given: argparse.Namespace) -> int:
    """Print the scores."""
    one_thread()
    if given.file and given.gold:
        raise UserError("Give a FILE of links or --gold, not both.")
    for name in ("split", "data") if given.file else ("skip",):
        if getattr(given, name):
            goes = "the generator's links" if given.file else "a FILE of links"
            raise UserError(f"--{name} goes with {goes}; leave it out.")
    if given.limit is not None and given.limit < 1:
        raise UserError(f"--limit is {given.limit}; it must be at least 1.")
    system = checkpoint.load(given.model)
    check_attention(system)
    left_out: Sequence[Refused] = ()
    if given.file:
        pairs, left_out, lines = _from_file(system, given)
    else:
        pairs = held_out_gold(system, given.split or "test", given.data, given.limit)
        lines = len(pairs)
    linked_only = given.linked or not given.file
    with tqdm(total=len(pairs), unit="pair", disable=None, leave=False, file=sys.stderr) as bar:
        alignment = align(system, pairs, linked_only, lambda done, _: bar.update(done - bar.n))
    if given.json:
        how = {
            "lines": lines,
            "pairs": len(pairs),
            "left_out": [line.as_json() for line in left_out],
        }
        found = alignment_json(alignment) | {"read": how}
        print(json.dumps(found, ensure_ascii=False, allow_nan=False))
    else:
        _print(alignment)
    return 0


def _from_file(
    system: System, given: argparse.Namespace
) -> tuple[Sequence[GoldPair], Sequence[Refused], int]:
    """The pairs that can be used, the lines that cannot, and how many lines there are."""
    gold = read_gold(given.file).without(lambda pair: refusal(system, pair))
    complaint = gold.complaint()
    if complaint is not None and not (given.skip and gold.pairs):
        raise UserError(complaint)
    if not gold.pairs:
        raise UserError(f"{given.file} holds no pairs.")
    if complaint is not None:
        lines = len(gold.refused)
        print(f"{lines} line{'s' * (lines > 1)} left out. {complaint}", file=sys.stderr)
    return gold.pairs[: given.limit], gold.refused, gold.count


def alignment_json(alignment: Alignment) -> dict[str, Any]:
    """An Alignment in the shape of the contract; what is not defined is null."""
    own = alignment.at(0)
    return {
        "pairs": alignment.pairs,
        "aer": own.aer,
        "precision": own.precision,
        "recall": own.recall,
        "by_shift": {str(score.shift): score.aer for score in alignment.shifts},
        "mass": own.mass,
        "tokens": own.tokens,
        "linked_only": alignment.linked_only,
        "unknown": alignment.unknown,
        "chance": alignment.chance,
        "says": alignment.says(),
    }


def _print(alignment: Alignment) -> None:
    tokens = "target tokens with a gold link" if alignment.linked_only else "target tokens"
    print(f"{alignment.pairs} pairs, {alignment.at(0).tokens} {tokens}; teacher-forced. Each token "
          "is linked to the source token with the largest weight.")  # fmt: skip
    if alignment.unknown:
        many = "token is" if alignment.unknown == 1 else "tokens are"
        print(f"{alignment.unknown} {many} unknown to the model, taken as its unknown token.")
    print("shift   AER  precision  recall  weight on gold  a row is compared with")
    for score in alignment.shifts:
        numbers = [
            "–" if value is None else f"{value:.3f}"
            for value in (score.aer, score.precision, score.recall, score.mass)
        ]
        sign = f"{score.shift:+}" if score.shift else "0"
        print("{:>5}  {:>5}  {:>9}  {:>6}  {:>14}  {}".format(
            sign, *numbers, COMPARED[score.shift]))  # fmt: skip
    print(f"guess  {alignment.chance:.3f}")
    print(alignment.says())

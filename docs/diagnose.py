"""Write docs/diagnose.md: what the checks measure, and what the trust line is worth.

    python docs/diagnose.py [--data FILE …] [--only checks|trust]

Tasks that are learned from a file are asked on its unseen parts; where the file is not named (each
is known by its SHA-256), on the sentences that ship. About two minutes of processor time.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import torch
from sacrebleu.metrics import CHRF

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

from mutants import FAULTS  # noqa: E402

from s2s.checkpoints import checkpoint  # noqa: E402
from s2s.config import SequenceConfig  # noqa: E402
from s2s.decoding import batched  # noqa: E402
from s2s.decoding.system import System  # noqa: E402
from s2s.evaluation.checks import CHECKS  # noqa: E402
from s2s.evaluation.diagnose import diagnose  # noqa: E402
from s2s.evaluation.trust import trust  # noqa: E402
from s2s.findings.diagnosis import WORDS, headline, healthy, value  # noqa: E402
from s2s.results.diagnosis import Diagnosis  # noqa: E402
from s2s.results.trust import OUTSIDE, TWICE  # noqa: E402
from s2s.tasks import TASKS, testsets  # noqa: E402
from s2s.tasks.about import own_data  # noqa: E402
from s2s.tasks.base import DataConfig  # noqa: E402
from s2s.tasks.pairs_file import PairSet  # noqa: E402
from s2s.tasks.parts import load_parts  # noqa: E402
from s2s.tasks.split import Pair  # noqa: E402
from s2s.tasks.text_file import text_sha256  # noqa: E402
from s2s.text import TOKENISERS  # noqa: E402

PAIRS = 200
TRUST = "## What the trust line is worth\n\n"
ASKED, SEED, WRONG = 300, 7, 50
"""Held-out sentences a model; chrF under which a translation counts as wrong."""


class Counted(NamedTuple):
    """One model's answers on held-out sentences.

    Attributes:
        model: its name.
        own: whether they come from its own file.
        right: exactly the reference.
        wrong: not, where the task is judged so; else under `WRONG` chrF.
        between: neither: as good, or half right.
        flagged: of these three, those with a trust line.
        kinds: kind of doubt to [right, wrong] answers with it.
    """

    model: str
    own: bool
    right: int
    wrong: int
    between: int
    flagged: tuple[int, int, int]
    kinds: dict[str, list[int]]


def main() -> None:
    """Diagnose everything and write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", nargs="*", default=(), metavar="FILE")
    parser.add_argument("--only", choices=("checks", "trust"), help="write one half anew")
    given = parser.parse_args()
    files = {text_sha256(path): Path(path) for path in given.data}
    torch.set_num_threads(1)
    page = ROOT / "docs" / "diagnose.md"
    checks, heading, trust_line = page.read_text("utf-8").partition(TRUST)
    if given.only != "trust":
        checks = "\n".join(examined()) + "\n\n"
    if given.only != "checks":
        heading, trust_line = TRUST, "\n".join(trusted(files)) + "\n"
    page.write_text(checks + heading + trust_line, "utf-8")


@cache
def test_set(task: str) -> PairSet:
    """A task's test set: a generator writes tens of thousands of pairs to find its own."""
    return testsets.of(task)


def examined() -> Iterator[str]:
    """The first half: shipped models and planted faults."""
    whole = [
        diagnose(system, test_set(system.task).first(PAIRS))
        for system in map(checkpoint.load, names())
    ]
    sick = {
        make.__name__: diagnose(system, test_set(system.task).first(PAIRS))
        for make in FAULTS
        for system in [make()]
    }
    yield from tables(whole, sick)


@cache
def own_part(task: str, data: DataConfig, sequence: SequenceConfig, path: Path) -> list[Pair]:
    """The validation part of a file; models of one task share it."""
    return load_parts(TASKS[task], data, sequence, str(path))[1]["validation"]


def held_out(system: System, files: Mapping[str, Path]) -> tuple[bool, list[Pair]]:
    """Whether they are of its own file, and pairs that it was not trained on."""
    data = own_data(system, "pairs")
    path = files.get(data.sha256 or "")
    if path is None:
        pool = list(test_set(system.task).pairs)
    else:
        pool = own_part(system.task, data, system.sequence, path)
    return path is not None, random.Random(SEED).sample(pool, min(ASKED, len(pool)))


def count(system: System, files: Mapping[str, Path]) -> Counted:
    """Answers right and wrong, with and without a trust line."""
    join, metric = TOKENISERS[system.sequence.target_tokeniser].join, CHRF()
    exact = TASKS[system.task].score == "exact_match"
    own, pairs = held_out(system, files)
    all_of, flagged = [0, 0, 0], [0, 0, 0]
    kinds: dict[str, list[int]] = {}
    for source, reference in pairs:
        trace = system.translate(source)
        ids = [system.target_vocab.ids[token] for token in trace.output]
        written, wanted = batched.output_tokens(system, ids)[0], system.target_tokens(reference)
        score = metric.sentence_score(join(written), [join(wanted)]).score
        kind = 0 if written == wanted else 1 if exact or score < WRONG else 2
        found = trust(system, trace)
        all_of[kind] += 1
        flagged[kind] += bool(found.doubts)
        for name in {doubt.kind for doubt in found.doubts} if kind < 2 else ():
            kinds.setdefault(name, [0, 0])[kind] += 1
    return Counted(system.name, own, *all_of, tuple(flagged), kinds)  # type: ignore[arg-type]


def trusted(files: Mapping[str, Path]) -> Iterator[str]:
    """The second half: what the trust line is worth."""
    counted = [count(checkpoint.load(name), files) for name in names()]
    yield (
        f"The line under the readout, asked on up to {ASKED} held-out sentences a model: of the "
        "validation part of its own data, or (marked *) the sentences that ship. Right: the "
        "reference, token by token. Wrong: any other answer, for translations one under "
        f"{WRONG} chrF; what lies between is as good or half right, and counts for neither. The "
        "bounds of the check for overlooked words were chosen on the test parts, for at most 5 % "
        "of right answers.\n"
    )
    yield "| model | right | with a line | wrong | with a line: recall | precision | between |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    total = [0] * 6
    for one in counted:
        row = (one.right, one.flagged[0], one.wrong, one.flagged[1], one.between, one.flagged[2])
        total = [a + b for a, b in zip(total, row, strict=True)]
        yield _row(one.model + ("" if one.own else " *"), *row)
    yield _row("**all**", *total)
    yield "\n| what it says | right answers | wrong answers | precision |"
    yield "| --- | --- | --- | --- |"
    kinds: dict[str, Counter[int]] = {}
    for one in counted:
        for name, (right, wrong) in one.kinds.items():
            kinds.setdefault(name, Counter()).update({0: right, 1: wrong})
    for name in (*OUTSIDE, *TWICE):
        hits = kinds.get(name, Counter())
        yield f"| {name} | {hits[0]} | {hits[1]} | {_share(hits[1], hits[0] + hits[1])} |"
    yield (
        "\nMost wrong answers show no sign: a model that reads every word and writes another "
        "sentence is not caught. No line is no proof."
    )
    yield "\nMade by `python docs/diagnose.py --data FILE …`."


def _row(name: str, right: int, alarms: int, wrong: int, caught: int, rest: int, more: int) -> str:
    cells = (
        name, right, _share(alarms, right), wrong, _share(caught, wrong),
        _share(caught, caught + alarms), f"{rest} ({_share(more, rest)})",
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def names() -> list[str]:
    """Shipped models of tasks that have a test set."""
    tasks = testsets.names()
    return [e.name for e in checkpoint.entries() if not e.problem and e.name.split("/")[0] in tasks]


def tables(whole: list[Diagnosis], sick: dict[str, Diagnosis]) -> Iterator[str]:
    """The lines of the page."""
    yield "# What the checks of a diagnosis measure\n"
    yield (
        f"Every shipped model that has a test set of its own ({len(whole)}), on up to {PAIRS} "
        "sentences of it, and every fault that the tests plant in one of them. A model outside "
        "a range is named; the ranges are a guide, not a law.\n"
    )
    yield "| check | range | shipped models: smallest | largest | outside | planted faults |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name in CHECKS:
        found = [one.check(name) for one in whole]
        told = sorted((c for c in found if c.value is not None), key=lambda c: c.value or 0.0)
        bad = ", ".join(d.model for d in whole if d.check(name).verdict == "outside") or "–"
        planted = [
            f"{fault} {value(d.check(name))}" for fault, d in sick.items()
            if d.outside() and d.outside()[0].name == name
        ]  # fmt: skip
        ends = [value(told[0]), value(told[-1])] if told else ["–", "–"]
        yield f"| {WORDS[name].title} | {healthy(found[0])} | {' | '.join(ends)} | {bad} | " + (
            f"{', '.join(planted) or '–'} |"
        )
    alarms = sum(c.verdict == "outside" for d in whole for c in d.checks)
    answered = sum(c.verdict != "no_answer" for d in whole for c in d.checks)
    yield f"\nOf {answered} answers on shipped models {alarms} are outside: those named above."
    yield "\n## The report of every shipped model\n"
    yield "| model | sentences | report |"
    yield "| --- | --- | --- |"
    for one in whole:
        yield f"| {one.model} | {len(one.answers)} | {headline(one)} |"


if __name__ == "__main__":
    main()

"""Write docs/diagnose.md: what every check measures on every shipped model and every planted fault.

python docs/diagnose.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

from mutants import FAULTS  # noqa: E402

from s2s.checkpoints import checkpoint  # noqa: E402
from s2s.evaluation.checks import CHECKS  # noqa: E402
from s2s.evaluation.diagnose import diagnose  # noqa: E402
from s2s.findings.diagnosis import WORDS, healthy, value  # noqa: E402
from s2s.results.diagnosis import Diagnosis  # noqa: E402
from s2s.tasks import testsets  # noqa: E402

PAIRS = 200


def main() -> None:
    """Diagnose everything and write the page."""
    torch.set_num_threads(1)
    whole = [
        diagnose(system, testsets.of(system.task).first(PAIRS))
        for system in map(checkpoint.load, names())
    ]
    sick = {
        make.__name__: diagnose(system, testsets.of(system.task).first(PAIRS))
        for make in FAULTS
        for system in [make()]
    }
    text = "\n".join(page(whole, sick)) + "\n"
    (ROOT / "docs" / "diagnose.md").write_text(text, "utf-8")


def names() -> list[str]:
    """Shipped models of tasks that have a test set."""
    tasks = testsets.names()
    return [e.name for e in checkpoint.entries() if not e.problem and e.name.split("/")[0] in tasks]


def page(whole: list[Diagnosis], sick: dict[str, Diagnosis]) -> Iterator[str]:
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
    yield f"\nOf {answered} answers on shipped models {alarms} are outside: those named above.\n"
    yield "Made by `python docs/diagnose.py`."


if __name__ == "__main__":
    main()

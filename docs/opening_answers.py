"""Our own sentences and what the stored models answer; a part of docs/defaults.py."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from s2s.checkpoints import checkpoint
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.results import Trace
from s2s.tasks import testsets
from s2s.tasks.openings import FRONT

OWN = Path(__file__).with_name("defaults.tsv")
MOST_DRAWN = 200
"""Candidates from a test set; some are made by a generator, without end."""
SHORT = {"m": "am", "re": "are", "s": "is", "t": "not", "ll": "will", "ve": "have", "d": "would",
         "don": "do", "didn": "did", "doesn": "does", "isn": "is"}  # fmt: skip


class Candidate(NamedTuple):
    """A sentence with its right answers, as texts."""

    text: str
    right: tuple[str, ...]


@cache
def system(model: str) -> Translator:
    """A stored model."""
    return checkpoint.load(model)


@cache
def answer(model: str, text: str) -> Trace | None:
    """What it writes; None for what it cannot read."""
    try:
        return system(model).translate(text)
    except UserError:
        return None


def variants(task: str) -> list[str]:
    """The stored models of a task, by name."""
    names = [entry.name.split("/", 1) for entry in checkpoint.entries() if not entry.problem]
    return sorted(variant for of, variant in names if of == task)


@cache
def candidates(task: str) -> tuple[Candidate, ...]:
    """Our own sentences for a task."""
    rows = [line.split("\t") for line in OWN.read_text("utf-8").splitlines()]
    own = [Candidate(text, tuple(right.split(" | "))) for of, text, right in rows if of == task]
    if task in testsets.names():
        own += [Candidate(one, (answer,)) for one, answer in testsets.of(task).pairs[:MOST_DRAWN]]
    return tuple(own)


def told(text: str) -> str:
    """An answer without capitals, marks and contractions, which are no difference."""
    words = re.findall(r"\w+", text.casefold().replace("’", "'"))
    return " ".join(SHORT.get(word, word) for word in words)


def right(model: str, one: Candidate) -> bool:
    """Whether a model writes one of the right answers."""
    trace = answer(model, one.text)
    return trace is not None and told(trace.text) in map(told, one.right)


def good(task: str) -> list[str]:
    """The sentences that the model in front answers rightly."""
    return [one.text for one in candidates(task) if right(f"{task}/{FRONT}", one)]

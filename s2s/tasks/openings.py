"""Openings: the sentence each page opens on, chosen by measurement among our own sentences.

`docs/defaults.py` measures them and writes ``openings.json``; nothing here is written by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("openings.json")
FRONT, BESIDE = "attention", "plain"
"""The variants that were measured where a page shows one model, or two."""


@dataclass(frozen=True)
class Opening:
    """What a page opens on.

    Attributes:
        text: the sentence.
        step: 0-based output step that makes the page's point; None for the page's own.
        instead: one sentence on what is to be seen where no example makes the point, or empty.
    """

    text: str
    step: int | None = None
    instead: str = ""


@dataclass(frozen=True)
class Openings:
    """The openings of one task.

    Attributes:
        pages: file name of a page to its opening; Compare's stands here only where no sentence
            makes its first two models differ.
        differ: two variants of the task, the first by name first, to sentences on which they
            write something else, the most telling first; empty where none was found.
        trust: verdict on a row of attention to a sentence and a step that has it, of the model
            that a newcomer meets.
    """

    pages: Mapping[str, Opening] = field(default_factory=dict)
    differ: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    trust: Mapping[str, Opening] = field(default_factory=dict)

    def differing(self, first: str, other: str) -> tuple[str, ...] | None:
        """Sentences on which two variants differ; None for a pair that was never measured."""
        low, high = sorted((first, other))
        return self.differ.get((low, high))


def first_for(page: str, tasks: Sequence[str]) -> str:
    """The first of these tasks whose sentence makes a page's point; the first of all if none does.

    Args:
        page: file name of a page.
        tasks: names of tasks, at least one.
    """
    for name in tasks:
        opening = openings_of(name).pages.get(page)
        if opening is not None and not opening.instead:
            return name
    return tasks[0]


@cache
def stored() -> Mapping[str, Any]:
    """What the file holds; nothing before the first measurement."""
    return json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}


def openings_of(task: str) -> Openings:
    """The openings of a task; nothing for one that was never measured."""
    found = stored().get(task, {})
    return Openings(
        pages={page: Opening(**opening) for page, opening in found.get("pages", {}).items()},
        differ={
            (low, high): tuple(texts)
            for low, others in found.get("differ", {}).items()
            for high, texts in others.items()
        },
        trust={verdict: Opening(**one) for verdict, one in found.get("trust", {}).items()},
    )

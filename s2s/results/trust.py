"""What speaks against trusting one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

OUTSIDE = ("shape", "length")
"""The source is not what the model learned from."""
TWICE = ("impossible", "repeat", "no_end", "unknown", "dropped", "overlooked")
"""The answer, or what became of the source, wants a second look."""


class Doubt(NamedTuple):
    """One reason.

    Attributes:
        kind: one of OUTSIDE or TWICE.
        tokens: the tokens it is about; empty where it is about the whole.
        why: a sentence of the task's own, where it has one.
        size: tokens of the text, or of the answer.
        limit: how many it was trained on, or may write; 0 where that means nothing.
    """

    kind: str
    tokens: tuple[str, ...] = ()
    why: str = ""
    size: int = 0
    limit: int = 0


@dataclass(frozen=True)
class Trust:
    """What speaks against trusting one answer; nothing of it comes from a probability.

    Attributes:
        doubts: the most telling first; empty where nothing is known against it.
    """

    doubts: tuple[Doubt, ...] = ()

    @property
    def verdict(self) -> str:
        """``outside`` what it learned, ``twice`` to be looked at, or ``""``."""
        kinds = {doubt.kind for doubt in self.doubts}
        return "outside" if kinds & {*OUTSIDE} else "twice" if kinds else ""

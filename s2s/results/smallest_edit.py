"""The smallest edits of a source that change the token of one step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class SourceEdit(NamedTuple):
    """One word of the source changed; a what-if edit.

    Attributes:
        kind: ``drop`` or ``replace``.
        place: 0-based among the text's tokens as the edits before left them.
        old: the token that stood there.
        new: what takes its place; empty where it is dropped.
    """

    kind: str
    place: int
    old: str
    new: str = ""


class Way(NamedTuple):
    """One way to another token.

    Attributes:
        edits: one or two, in the order in which they are made.
        written: the likeliest token after them.
        probability: of it.
        left: probability of the token that was chosen without them.
    """

    edits: tuple[SourceEdit, ...]
    written: str
    probability: float
    left: float


@dataclass(frozen=True)
class SmallestEdit:
    """What it takes to change one token, those before it held fixed.

    Attributes:
        model: the checkpoint's name.
        source: tokens of the text.
        output: the tokens up to the step, the chosen one last.
        probability: of the chosen token.
        ways: with the fewest edits that do it, the surest new token first; empty if none of those
            tried does.
        tried: sources tried.
    """

    model: str
    source: tuple[str, ...]
    output: tuple[str, ...]
    probability: float
    ways: tuple[Way, ...]
    tried: int

    @property
    def chosen(self) -> str:
        """The token of the step."""
        return self.output[-1]

    @property
    def size(self) -> int:
        """Edits of each way; 0 if there is none."""
        return len(self.ways[0].edits) if self.ways else 0

"""Arrays and texts as the lines of a Python program."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Sequence

import numpy as np

from s2s.results import Array
from s2s.results.formulas import stages
from s2s.results.walk import Walk
from s2s.text import label

READABLE = 128
"""Arrays of up to this many numbers are written as lists, if their rows are short."""
SHORT = {1: 40, 2: 16}
"""Number of axes to the longest row of such a list."""
LINE = 88
LONGEST = 40


class Writer:
    """Writes arrays as the lines of a program."""

    def __init__(self, walk: Walk, width: int | None, most: int | None):
        self.walk = walk
        self.width = width
        self.most = most
        self.formulas = {stage.name: stage for stage in stages(walk)}

    def has(self, *names: str) -> bool:
        """Whether these parameters are small enough to be part of the program."""
        sizes = [self.walk.parameters[name].size for name in names]
        return self.most is None or max(sizes, default=0) <= self.most

    def title(self, number: int, name: str) -> str:
        """The heading of a stage: its title, formula and source."""
        stage = self.formulas[name]
        source = f"  ({stage.source})" if stage.source else ""
        return f"\n# {number}. {stage.title}:\n#    {stage.text}{source}"

    def parameter(self, name: str, comment: str) -> str:
        """Assign one of the walk's parameters."""
        return self.array(name, self.walk.parameters[name], comment)

    def array(
        self, name: str, values: Array, comment: str, rows: Sequence[str] | None = None
    ) -> str:
        """Assign an array, under its comment; the rows of a list may be named."""
        return f"# {comment}\n" + wrap(f"{name} = {self.value(values, rows)}")

    def value(self, values: Array, rows: Sequence[str] | None = None) -> str:
        """An expression for an array."""
        if not values.ndim:
            return f"np.float64({values:.9g})"
        if values.size > READABLE or values.shape[-1] > SHORT.get(values.ndim, 0):
            return self._packed(values)
        if values.ndim == 1:
            return f"np.array({numbers(values)})"
        lines = [f"    {numbers(row)}," for row in values]
        if rows is not None:
            lines = [f"{line}  # {name}" for line, name in zip(lines, rows, strict=True)]
        return "\n".join(["np.array([", *lines, "])"])

    def _packed(self, values: Array) -> str:
        text = base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()
        shape = ", ".join(map(str, values.shape))
        if self.width is None:
            return f'unpack("{text}", {shape})'
        return 'unpack("""\n' + "\n".join(textwrap.wrap(text, self.width)) + f'\n""", {shape})'


def labels(tokens: Sequence[str]) -> list[str]:
    """Tokens as they are shown, long ones cut."""
    return [label(token, LONGEST) for token in tokens]


def numbers(values: Array) -> str:
    """Seven digits: what float32 holds."""
    return "[" + ", ".join(f"{value:.7g}" for value in values) + "]"


def comment(text: str) -> str:
    """A text as comment lines."""
    return textwrap.fill(text, LINE, initial_indent="# ", subsequent_indent="# ",
                         break_long_words=False)  # fmt: skip


def wrap(code: str) -> str:
    """A long line of code, broken at blanks within its brackets; packed numbers stay whole."""
    if "\n" in code or "unpack(" in code:
        return code
    return textwrap.fill(
        code, LINE, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )

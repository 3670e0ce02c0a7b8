"""Tables of numbers over tokens, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from s2s.results import Array
from s2s.text import label

NULL = "–"
TITLES = {
    "attention": "attention: weights",
    "gradient_x_input": "gradient × input",
    "integrated_gradients": "integrated gradients (nats; from all-zero inputs)",
    "leave_one_out": "leave one out (nats of log probability lost)",
}
SHORT = {
    "attention": "attention",
    "gradient_x_input": "gradient",
    "integrated_gradients": "integrated",
    "leave_one_out": "left out",
}


def tokens(names: Sequence[str]) -> list[str]:
    """Tokens as they can stand in a table."""
    return [label(name, 40) for name in names]


def table(title: str, columns: Sequence[str], rows: Sequence[str], values: Array) -> None:
    """Print [R, C] numbers with three digits."""
    heads = ["", *columns]
    body = [[name, *map(digits, row)] for name, row in zip(rows, values, strict=True)]
    widths = [max(map(len, column)) for column in zip(heads, *body, strict=True)]
    print(f"\n{title}" if title else "")
    for line in (heads, *body):
        first, *rest = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join([first.strip().ljust(widths[0]), *rest]).rstrip())


def digits(value: float | None) -> str:
    """A number with three digits."""
    if value is None or np.isnan(value):
        return NULL
    return "0" if value == 0 else f"{value:.3g}".replace("-", "−")

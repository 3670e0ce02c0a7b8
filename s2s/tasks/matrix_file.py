"""Files of a map alone: JSON ``{"source", "output", "attention"}``, or a CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.results.matrix import Matrix
from s2s.tasks.text_file import read_bytes
from s2s.text import label
from s2s.text.label import writable
from s2s.text.language import later

BETWEEN = ("\t", ";", ",")
"""What may stand between the cells of a CSV, looked for in this order in its first line."""


def read_file(path: str) -> Matrix:
    """As `read`, from a file; UserError where it cannot be read."""
    data = read_bytes(path, limits().file_bytes)
    if len(data) > limits().file_bytes:
        raise UserError(
            later("{name} has more than {most:,} bytes.", name=label(path, 60),
                  most=limits().file_bytes)
        )  # fmt: skip
    return read(data, Path(path).name)


def read(data: bytes, name: str) -> Matrix:
    """A map from the bytes of a file.

    A CSV has the source tokens in its first line, behind an empty cell, and in each other line an
    output token and its weights.

    Raises:
        UserError: naming what is not of this shape.
    """
    shown = label(name, 60)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(later("{shown} is not UTF-8 text.", shown=shown)) from None
    held = _json(text, shown) if text.lstrip().startswith("{") else _csv(text, shown)
    return of(*held, name=shown)


def of(
    source: Sequence[str], output: Sequence[str], attention: Any, name: str = "a matrix"
) -> Matrix:
    """A map from tokens and rows of weights.

    Raises:
        UserError: for tokens that are no texts, and rows that are no numbers or not as long.
    """
    for side, tokens in (("source", source), ("output", output)):
        if not isinstance(tokens, list | tuple) or not all(
            isinstance(token, str) and writable(token) for token in tokens
        ):
            raise UserError(later("{name}: {part} must be a list of texts.", name=name, part=side))
    most = limits().tokens
    if len(source) * len(output) > most * 100:
        raise UserError(later("{name} has more than {most:,} weights.", name=name, most=most * 100))
    try:
        weights = np.array(attention, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise UserError(
            later("{where} must be rows of numbers, all as long as each other.",
                  where=f"{name}: attention")
        ) from None  # fmt: skip
    return Matrix(tuple(source), tuple(output), weights, name)


def _json(text: str, shown: str) -> tuple[Any, Any, Any]:
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        raise UserError(later("{shown} is not JSON.", shown=shown)) from None
    wanted = ("source", "output", "attention")
    missing = [key for key in wanted if key not in held]
    if missing:
        raise UserError(later("{shown} lacks {keys}.", shown=shown, keys=tuple(missing)))
    return held["source"], held["output"], held["attention"]


def _csv(text: str, shown: str) -> tuple[Any, Any, Any]:
    first = text.partition("\n")[0]
    mark = next((mark for mark in BETWEEN if mark in first), None)
    if mark is None:
        raise UserError(
            later("{shown} is neither JSON nor a table: its first line has no cells.", shown=shown)
        )
    try:
        rows = [row for row in csv.reader(text.splitlines(), delimiter=mark) if any(row)]
    except csv.Error as error:
        raise UserError(
            later("{shown} cannot be read as a table: {why}.", shown=shown, why=str(error))
        ) from None
    head, *body = rows
    for number, row in enumerate(body, 2):
        if len(row) != len(head):
            raise UserError(
                later("{shown}, line {line} has {n} cells, not {wanted}.", shown=shown, line=number,
                      n=len(row), wanted=len(head))
            )  # fmt: skip
    return head[1:], [row[0] for row in body], [row[1:] for row in body]

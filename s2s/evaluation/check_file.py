"""check.json: what an original model did with some sentences, as its own notebook wrote it.

``[{"source": text or ids, "output": tokens or ids, "logits"?: T×V, "log_probabilities"?: [T],
"attention"?: T×S}]``; ids are with their specials.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from s2s.config.limits import limits
from s2s.decoding.system import System
from s2s.decoding.typed_text import padded
from s2s.errors import UserError
from s2s.evaluation.original import Original
from s2s.evaluation.pasted import pasted
from s2s.results import Array
from s2s.tasks.text_file import read_bytes
from s2s.text import label
from s2s.text.language import later, tr
from s2s.text.vocab import Vocab


def read_file(path: str, system: System) -> list[Original]:
    """As `read`, from a file; UserError where it cannot be read."""
    data = read_bytes(path, limits().file_bytes)
    if len(data) > limits().file_bytes:
        raise UserError(
            later("{name} has more than {most:,} bytes.", name=label(path, 60),
                  most=limits().file_bytes)
        )  # fmt: skip
    return read(data, label(path, 60), system)


def read(data: bytes, shown: str, system: System) -> list[Original]:
    """What the original did.

    Args:
        data: the file's bytes.
        shown: what the file is called in messages.
        system: the model that is held against it: its words have the ids.

    Raises:
        UserError: naming the entry and what of it is not of this shape.
    """
    try:
        held = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise UserError(
            later("{shown} is not JSON; a list of objects is needed.", shown=shown)
        ) from None
    if not isinstance(held, list) or not held:
        raise UserError(
            later("{shown} must be a list of objects with source and output.", shown=shown)
        )
    found = [
        _original(entry, tr("{shown}, entry {n}", shown=shown, n=n), system)
        for n, entry in enumerate(held, 1)
    ]
    ended = any(one.output[-1] == system.end for one in found)
    return [replace(one, whole=one.whole or ended) for one in found]


def _original(entry: Any, where: str, system: System) -> Original:
    if not isinstance(entry, dict):
        raise UserError(later("{where} must be an object with source and output.", where=where))
    source, output = entry.get("source"), entry.get("output")
    text = source if isinstance(source, str) else ""
    if isinstance(source, str):
        source = system.read(source, suggest=False).ids
    if isinstance(output, str):
        output = pasted(system, output)
    ids = _ids(output, system.target_vocab, f"{where}: output")
    numbers = {name: _array(entry.get(name), f"{where}: {name}")
               for name in ("logits", "log_probabilities", "attention")}  # fmt: skip
    rows = {len(array) for array in numbers.values() if array is not None}
    if rows == {len(ids) + 1} and system.end is not None:
        ids = [*ids, system.end]  # the numbers of the end token, which was not written down
    elif rows - {len(ids)}:
        raise UserError(
            later("{where}: {n} output tokens, but numbers for {steps} steps.", where=where,
                  n=len(ids), steps=max(rows))
        )  # fmt: skip
    read = _ids(source, system.source_vocab, f"{where}: source")
    read = padded(read, system.sequence, system.source_vocab)
    return Original(tuple(read), tuple(ids), **numbers, whole=bool(rows), text=text)


def _ids(held: Any, vocab: Vocab, where: str) -> list[int]:
    """Ids, or the ids of tokens."""
    if not isinstance(held, Sequence) or not held:
        raise UserError(later("{where} must be a text, tokens or ids, and not empty.", where=where))
    if all(isinstance(token, str) for token in held):
        unknown = [token for token in held if token not in vocab.ids]
        if unknown:
            raise UserError(
                later("{where} has {word!r}, no word of this model.", where=where,
                      word=label(unknown[0], 40))
            )  # fmt: skip
        return [vocab.ids[token] for token in held]
    if not all(type(index) is int and 0 <= index < len(vocab) for index in held):
        raise UserError(
            later("{where} must hold ids from 0 to {most}, or tokens.", where=where,
                  most=len(vocab) - 1)
        )  # fmt: skip
    return list(held)


def _array(held: Any, where: str) -> Array | None:
    if held is None:
        return None
    try:
        made = np.array(held, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise UserError(
            later("{where} must be rows of numbers, all as long as each other.", where=where)
        ) from None
    if made.ndim not in (1, 2) or not made.size or not np.isfinite(made).all():
        raise UserError(later("{where} must be rows of finite numbers.", where=where))
    return made

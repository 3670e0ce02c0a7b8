"""The way in of a model without a preset: recognised, given its words, proven."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from s2s.checkpoints import card
from s2s.checkpoints.importers import containers, vocabularies
from s2s.checkpoints.importers.recognise import Recognised, recognise
from s2s.config import SequenceConfig
from s2s.config.limits import limits
from s2s.decoding.system import System
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.evaluation.original import Original
from s2s.model.seq2seq import blank
from s2s.results import Array
from s2s.tasks import Task
from s2s.tasks.text_file import read_bytes
from s2s.text import label
from s2s.text.vocab import Vocab


def read(
    paths: Sequence[str], parts: Sequence[str], changes: dict[str, Any]
) -> tuple[Recognised, tuple[str, ...]]:
    """The model that the files hold, and what in them is none of it."""
    held = containers.read(paths, parts)
    return recognise(held.tensors, changes), held.ignored


def told(found: Recognised, ignored: Sequence[str]) -> list[str]:
    """What every tensor was taken for, a line each."""
    lines = [f"Recognised: {found.family.title}; {card.shape(found.config)}."]
    lines += [
        f"  {label(one.name, 60)} ({' × '.join(map(str, one.shape))}) → {one.what}"
        for one in found.taken
    ]
    lines += [f"  left out: {what}" for what in ignored]
    if found.made:
        lines.append(f"  0, for the original has none: {', '.join(found.made)}")
    return lines


def usual(found: Recognised, vocabs: tuple[Vocab, Vocab]) -> SequenceConfig:
    """The manners of its family, with the special tokens that its words have."""
    source, target = vocabs
    manners = {"source_normaliser": "verbatim", "target_normaliser": "verbatim",
               "weights_dtype": "float32"} | dict(found.family.sequence)  # fmt: skip
    known = {item.name for item in fields(SequenceConfig)}
    sequence = SequenceConfig(**{k: v for k, v in manners.items() if k in known})
    begins = sequence.source_bos and source.bos is not None
    ends = sequence.source_eos and source.eos is not None
    most, places = sequence.max_source_length, found.config.attention_slots
    if places is not None:
        most = max(1, places - begins - ends)
    if target.bos is None:
        raise UserError(
            "Which target word is the decoder fed first? Name its id as bos in target_special."
        )
    return replace(
        sequence, source_bos=begins, source_eos=ends, max_source_length=most,
        start_token=target.tokens[target.bos],
    )  # fmt: skip


def build(
    name: str, task: Task, found: Recognised, vocabs: tuple[Vocab, Vocab], sequence: SequenceConfig
) -> Translator:
    """The model, in float32 and ready to translate.

    Raises:
        UserError: where the words are not as many as the tensors are made for.
    """
    sizes = found.config.source_vocabulary, found.config.target_vocabulary
    for side, vocab, size in zip(vocabularies.SIDES, vocabs, sizes, strict=True):
        if len(vocab) != size:
            raise UserError(
                f"The {side} vocabulary lists {len(vocab)} tokens, but the tensors are made for "
                f"{size}."
            )
    model = blank(found.config)
    model.load_state_dict(dict(found.weights), assign=True)
    model.eval().requires_grad_(False)
    return Translator(name, task.name, model, sequence, *vocabs, task.reads)


def originals(path: str, system: System) -> list[Original]:
    """What the original wrote, from a check.json.

    ``[{"source": text or ids, "output": tokens or ids, "logits"?: T×V, "log_probabilities"?: [T],
    "attention"?: T×S}]``; ids are with their specials.

    Raises:
        UserError: naming the entry and what of it is not of this shape.
    """
    shown = label(path, 60)
    data = read_bytes(path, limits().file_bytes)
    if len(data) > limits().file_bytes:
        raise UserError(f"{shown} has more than {limits().file_bytes:,} bytes.")
    try:
        held = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise UserError(f"{shown} is not JSON; a list of objects is needed.") from None
    if not isinstance(held, list) or not held:
        raise UserError(f"{shown} must be a list of objects with source and output.")
    found = [_original(entry, f"{shown}, entry {n}", system) for n, entry in enumerate(held, 1)]
    ended = any(one.output[-1] == system.end for one in found)
    return [replace(one, whole=one.whole or ended) for one in found]


def _original(entry: Any, where: str, system: System) -> Original:
    if not isinstance(entry, dict):
        raise UserError(f"{where} must be an object with source and output.")
    source, output = entry.get("source"), entry.get("output")
    if isinstance(source, str):
        source = system.read(source, suggest=False).ids
    if isinstance(output, str):
        output = system.target_tokens(output)
    ids = _ids(output, system.target_vocab, f"{where}: output")
    numbers = {name: _array(entry.get(name), f"{where}: {name}")
               for name in ("logits", "log_probabilities", "attention")}  # fmt: skip
    rows = {len(array) for array in numbers.values() if array is not None}
    if rows == {len(ids) + 1} and system.end is not None:
        ids = [*ids, system.end]  # the numbers of the end token, which was not written down
    elif rows - {len(ids)}:
        raise UserError(f"{where}: {len(ids)} output tokens, but numbers for {max(rows)} steps.")
    read = tuple(_ids(source, system.source_vocab, f"{where}: source"))
    return Original(read, tuple(ids), **numbers, whole=bool(rows))


def _ids(held: Any, vocab: Vocab, where: str) -> list[int]:
    """Ids, or the ids of tokens."""
    if not isinstance(held, Sequence) or not held:
        raise UserError(f"{where} must be a text, tokens or ids, and not empty.")
    if all(isinstance(token, str) for token in held):
        unknown = [token for token in held if token not in vocab.ids]
        if unknown:
            raise UserError(f"{where} has {label(unknown[0], 40)!r}, no word of this model.")
        return [vocab.ids[token] for token in held]
    if not all(type(index) is int and 0 <= index < len(vocab) for index in held):
        raise UserError(f"{where} must hold ids from 0 to {len(vocab) - 1}, or tokens.")
    return list(held)


def _array(held: Any, where: str) -> Array | None:
    if held is None:
        return None
    try:
        made = np.array(held, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise UserError(f"{where} must be rows of numbers, all as long as each other.") from None
    if made.ndim not in (1, 2) or not made.size or not np.isfinite(made).all():
        raise UserError(f"{where} must be rows of finite numbers.")
    return made

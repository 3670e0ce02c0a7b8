"""Files that somebody dropped together: which are weights, which are words, which is the check.

Names and contents come from anywhere. Nothing in them is run, and nothing is kept on the disk.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from s2s.checkpoints.importers import containers, vocabularies
from s2s.checkpoints.importers.containers import Held
from s2s.errors import UserError
from s2s.results.matrix import Matrix
from s2s.tasks import matrix_file
from s2s.text import label
from s2s.text.language import Later, later
from s2s.text.vocab import Vocab

WEIGHTS = (
    ".pt", ".pth", ".tar", ".bin", ".ckpt", ".safetensors", ".npz", ".pkl", ".pickle", ".keras",
    ".h5", ".hdf5",
)  # fmt: skip
TEXTS = (".json", ".txt", ".tsv", ".csv", ".vocab")


@dataclass(frozen=True)
class Told:
    """One file.

    Attributes:
        name: as it was dropped.
        size: in bytes.
        holds: what was found in it, in few words.
        problem: why it cannot be read; empty if it can.
    """

    name: str
    size: int
    holds: str | Later
    problem: str | Later = ""


@dataclass(frozen=True, eq=False)
class Dropped:
    """What the files hold together.

    Attributes:
        files: each of them.
        held: the tensors; None while there are none, or they cannot be read.
        weights: names of the files of weights.
        both: source and target words, where one file has both.
        lists: name of a file to its words, where it has one side.
        check: the file with what the original did, by name; None without one.
        digests: name and SHA-256 of every file.
        vocabulary: name of the file that has both sides' words; else empty.
        source: name of the file of source words, where it was chosen; else empty.
        target: likewise of target words.
        maps: tokens and weights without a model.
    """

    files: tuple[Told, ...]
    held: Held | None = None
    weights: tuple[str, ...] = ()
    both: tuple[Vocab, Vocab] | None = None
    lists: dict[str, list[str]] = field(default_factory=dict)
    check: tuple[str, bytes] | None = None
    digests: tuple[tuple[str, str], ...] = ()
    vocabulary: str = ""
    source: str = ""
    target: str = ""
    maps: tuple[Matrix, ...] = ()

    @property
    def check_name(self) -> str:
        """Name of the file with what the original did; empty without one."""
        return self.check[0] if self.check else ""

    def named(self, sides: Sequence[str]) -> Dropped:
        """The same, with the files of the source's and the target's words, where there are two."""
        return replace(self, source=sides[0], target=sides[1]) if len(sides) == 2 else self


def read(files: Sequence[tuple[str, bytes]], most: int) -> Dropped:
    """Sort files by what is in them; each that cannot be read says why.

    Args:
        files: names and contents.
        most: bytes of the weights, also unpacked.
    """
    told: list[Told] = []
    weights: list[tuple[str, bytes]] = []
    both, lists, check, whose = None, dict[str, list[str]](), None, ""
    maps: list[Matrix] = []
    for name, data in files:
        ending = Path(name).suffix.lower()
        if ending in WEIGHTS:
            weights.append((name, data))
            continue
        try:
            kind, found = _text(name, data)
        except UserError as error:
            told.append(Told(name, len(data), "", error.args[0]))
            continue
        if kind == "check":
            check = name, data
            holds = later("{n} sentences of the original", n=found)
        elif kind == "map":
            maps.append(found)
            size = f"{len(found.output)} × {len(found.source)}"
            holds = later("a map of {size}", size=size)
        elif kind == "both":
            both, whose = found, name
            a, b = (len(vocab) for vocab in found)
            holds = later("{a:,} and {b:,} words", a=a, b=b)
        else:
            lists[name] = found
            holds = later("{n:,} words", n=len(found))
        told.append(Told(name, len(data), holds))
    held = None
    if weights:
        try:
            held = _weights(weights, most)
            holds = later("{n} tensors", n=len(held.tensors))
            told += [Told(name, len(data), holds) for name, data in weights]
        except UserError as error:
            told.append(Told(weights[0][0], len(weights[0][1]), "", error.args[0]))
    order = {name: place for place, (name, _) in enumerate(files)}
    told.sort(key=lambda one: order[one.name])
    if held is not None and both is None and len(lists) < 2:
        both = vocabularies.inside(held.words)
    digests = tuple((label(name, 80), hashlib.sha256(data).hexdigest()) for name, data in files)
    names = tuple(name for name, _ in weights)
    return Dropped(tuple(told), held, names, both, lists, check, digests, whose, maps=tuple(maps))


def _text(name: str, data: bytes) -> tuple[str, Any]:
    """What a file of text is, ``check``, ``map``, ``both`` or ``words``, and what it holds."""
    shown = label(name, 60)
    if Path(name).suffix.lower() not in TEXTS:
        raise UserError(
            later("{shown} is no kind of file that is known: {known: }.", shown=shown,
                  known=(*WEIGHTS, *TEXTS))
        )  # fmt: skip
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(later("{shown} is not UTF-8 text.", shown=shown)) from None
    if name.lower().endswith(".json"):
        try:
            held = json.loads(text)
        except (ValueError, RecursionError):
            raise UserError(later("{shown} is not JSON.", shown=shown)) from None
        if isinstance(held, list) and held and all(isinstance(one, dict) for one in held):
            return "check", len(held)
        if isinstance(held, dict) and "attention" in held:
            return "map", matrix_file.read(data, name)
        if isinstance(held, dict) and {"source", "target"} <= held.keys():
            return "both", vocabularies.both(held, shown)
    if name.lower().endswith(".csv"):
        return "map", matrix_file.read(data, name)
    return "words", vocabularies.of_one(text, name)


def _weights(files: Sequence[tuple[str, bytes]], most: int) -> Held:
    """The tensors of one file, or of an encoder's and a decoder's."""
    total = sum(len(data) for _, data in files)
    if total > most:
        raise UserError(
            later("The files have {n:,} bytes; at most {most:,} are read.", n=total, most=most)
        )
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, (name, data) in enumerate(files):
            safe = re.sub(r"[^A-Za-z0-9._-]", "_", Path(name).name)[-80:]
            place = Path(folder) / str(number) / safe
            place.parent.mkdir()
            place.write_bytes(data)
            paths.append(str(place))
        return containers.read(paths, most=most)

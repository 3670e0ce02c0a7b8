"""Every way to damage each file of a model's folder."""

from __future__ import annotations

import json
import os
import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from s2s.checkpoints import checkpoint

Damage = Callable[[Path], None]
"""Takes the model's folder."""


def replaced(file: str, make: Callable[[Path], Any]) -> Damage:
    def damage(folder: Path) -> None:
        (folder / file).unlink(missing_ok=True)
        make(folder / file)

    return damage


def sparse(size: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return make


def noise(path: Path) -> None:
    path.write_bytes(random.Random(path.name).randbytes(5000))


def halved(file: str) -> Damage:
    def damage(folder: Path) -> None:
        data = (folder / file).read_bytes()
        (folder / file).write_bytes(data[: len(data) // 2])

    return damage


def forbidden(file: str) -> Damage:
    return lambda folder: (folder / file).chmod(0)


ANY: dict[str, Callable[[str], Damage]] = {
    "missing": lambda file: replaced(file, lambda path: None),
    "empty": lambda file: replaced(file, Path.touch),
    "halved": halved,
    "noise": lambda file: replaced(file, noise),
    "no UTF-8": lambda file: replaced(file, lambda path: path.write_bytes(b"\xff\xfe{}")),
    "null bytes": lambda file: replaced(file, lambda path: path.write_bytes(b"\0" * 100)),
    "brackets": lambda file: replaced(file, lambda path: path.write_text("[" * 100_000)),
    "digits": lambda file: replaced(file, lambda path: path.write_text("9" * 100_000)),
    "huge": lambda file: replaced(file, sparse(2**40)),
    "folder": lambda file: replaced(file, Path.mkdir),
    "pipe": lambda file: replaced(file, os.mkfifo),
    "loop": lambda file: replaced(file, lambda path: path.symlink_to(path.name)),
    "leads nowhere": lambda file: replaced(file, lambda path: path.symlink_to("/no/such/file")),
    "endless": lambda file: replaced(file, lambda path: path.symlink_to("/dev/zero")),
    "device": lambda file: replaced(file, lambda path: path.symlink_to("/dev/null")),
    "forbidden": forbidden,
}
"""What can happen to any file."""


def configured(part: str | None, **values: Any) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / checkpoint.CONFIG
        held = json.loads(path.read_text("utf-8"))
        (held.setdefault(part, {}) if part else held).update(values)
        path.write_text(json.dumps(held), "utf-8")

    return damage


def header(content: Any) -> Damage:
    data = json.dumps(content).encode()
    return replaced(
        checkpoint.WEIGHTS, lambda path: path.write_bytes(struct.pack("<Q", len(data)) + data)
    )


def saved(weights: dict[str, torch.Tensor], folder: Path) -> None:
    save_file(weights, folder / checkpoint.WEIGHTS)
    (folder / checkpoint.WEIGHTS).chmod(0o644)  # safetensors hides it from other users


def filled(value: float) -> Damage:
    """One number of the first tensor is another."""

    def damage(folder: Path) -> None:
        weights = load_file(folder / checkpoint.WEIGHTS)
        first = min(weights)
        weights[first] = weights[first].to(torch.float32)
        weights[first].view(-1)[0] = value
        saved(weights, folder)

    return damage


def as_type(dtype: torch.dtype) -> Damage:
    def damage(folder: Path) -> None:
        weights = load_file(folder / checkpoint.WEIGHTS)
        changed = {k: torch.ones(v.shape, dtype=dtype) for k, v in weights.items()}
        saved(changed, folder)

    return damage


def token(text: str) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / checkpoint.VOCAB
        held = json.loads(path.read_text("utf-8"))
        for side in ("source", "target"):
            held[side]["tokens"][-1] = text
        path.write_text(json.dumps(held), "utf-8")

    return damage


def row(file: str, column: str, text: str) -> Damage:
    """The first row of a table says something else; columns that are not there come new."""

    def damage(folder: Path) -> None:
        head, first, *rest = (folder / file).read_text("utf-8").splitlines()
        cells = dict(zip(head.split(","), first.split(","), strict=False)) | {column: text}
        lines = [head, ",".join(cells[name] for name in head.split(",")), *rest]
        (folder / file).write_text("\n".join(lines) + "\n", "utf-8")

    return damage


def offsets(*ends: Any) -> Damage:
    return header({"x": {"dtype": "F32", "shape": [1], "data_offsets": list(ends)}})


HUGE = 10**400
OWN: dict[str, Damage] = {
    "offset without bound": offsets(0, HUGE),
    "offset as a fraction": offsets(0, 1e308),
    "offset below zero": offsets(0, -(10**30)),
    "offset is a list": offsets(0, [1]),
    "shape without bound": header({"x": {"dtype": "F32", "shape": [HUGE], "data_offsets": [0, 0]}}),
    "foreign dtype": header({"x": {"dtype": "Q9", "shape": [0], "data_offsets": [0, 0]}}),
    "not a number": filled(float("nan")),
    "infinite": filled(float("-inf")),
    "absurd": filled(1e30),
    "whole numbers": as_type(torch.int32),
    "bits": as_type(torch.bool),
    "hidden without bound": configured("model", hidden=HUGE),
    "layers without bound": configured("model", layers=10**9),
    "tokens without bound": configured("model", source_vocabulary=10**7),
    "lengths without bound": configured("sequence", max_output_length=10**12),
    "padding without bound": configured("sequence", fixed_source_length=10**12),
    "half a task": configured(None, task="\ud800"),
    "half a start": configured("sequence", start_token="\udfff"),
    "format without bound": configured(None, format=HUGE),
    "half a token": token("\ud83d"),
    "epoch without bound": row("history.csv", "epoch", str(HUGE)),
    "loss without bound": row("history.csv", "train_loss", "1" + "0" * 300),
    "infinite loss": row("history.csv", "train_loss", "inf"),
    "a loss that is none": row("history.csv", "train_loss", "nan"),
}
"""What can happen to one of them."""

ALL = OWN | {f"{file}: {way}": make(file) for file in checkpoint.FILES for way, make in ANY.items()}

"""Checkpoints: a readable folder per model. Weights are safetensors, the rest is JSON.

    checkpoints/<task>/<variant>/  config.json vocab.json model.safetensors history.csv README.md

and, where a recipe asks for them, the other tables of `s2s.checkpoints.history`.

Nothing here unpickles. A folder that does not fit is refused in one sentence that names the fault.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from s2s.checkpoints import about_json
from s2s.checkpoints import history as histories
from s2s.checkpoints.config_json import CONFIG, FORMAT, read_config, read_json
from s2s.config import ModelConfig, SequenceConfig, to_dict
from s2s.decoding.system import System
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.model.seq2seq import Seq2Seq, blank, build, has_blanks
from s2s.results import History
from s2s.tasks import TASKS
from s2s.tasks.about import About
from s2s.text import label
from s2s.text.vocab import Vocab

WEIGHTS, VOCAB, CARD = "model.safetensors", "vocab.json", "README.md"
DTYPES = {"float16": torch.float16, "float32": torch.float32}


def root() -> Path:
    """The folder of shipped models; the environment variable S2S_CHECKPOINTS names another."""
    return Path(
        os.environ.get("S2S_CHECKPOINTS") or Path(__file__).resolve().parents[2] / "checkpoints"
    )


def find(model: str) -> Path:
    """The folder of ``task/variant``, or of a path.

    Raises:
        UserError: when there is no such folder, naming the models there are.
    """
    for path in (root() / model, Path(model)):
        # os.path: it answers no to names that no file can have, where pathlib raises.
        if model and os.path.isdir(path):
            return path
    names = ", ".join(entry.name for entry in entries())
    here = f"Models here: {names}." if names else no_models()
    raise UserError(f"There is no model {label(model, 60)!r}. {here}")


def no_models() -> str:
    """What to say where `root` holds no model."""
    return f"No models under {root()}; the environment variable S2S_CHECKPOINTS names a folder."


@dataclass(frozen=True)
class Entry:
    """One folder of a model, read without its weights.

    Attributes:
        name: ``task/variant``.
        path: the folder.
        stamp: changes when any of its files does; part of every cache key.
        problem: why it cannot be used, None if nothing is known against it.
        task: the task's name; empty if config.json cannot be read.
        config: the model's shape; None if config.json cannot be read.
        sequence: how it reads and writes; None likewise.
        about: how it was made and what it reached.
    """

    name: str
    path: str
    stamp: int
    problem: str | None = None
    task: str = ""
    config: ModelConfig | None = None
    sequence: SequenceConfig | None = None
    about: About = About()


def entries() -> list[Entry]:
    """Every model folder, by name; broken ones with their problem."""
    found = []
    for folder in sorted(root().glob("*/*")):
        if folder.is_dir() and not folder.name.startswith("."):
            try:
                found.append(read(folder))
            except FileNotFoundError:
                pass  # it is being replaced at this very moment
    return found


def read(folder: str | Path) -> Entry:
    """A model's folder without its weights.

    Raises:
        FileNotFoundError: when a file goes away meanwhile.
    """
    folder = Path(folder)
    name = f"{folder.parent.name}/{folder.name}"
    told: dict[str, Any] = {}
    try:
        told = read_config(folder, name)._asdict()
        for file in (VOCAB, WEIGHTS):
            if not (folder / file).is_file():
                raise UserError(f"{name} could not be loaded: {file} is missing.")
        _check_weights_file(folder / WEIGHTS, name)
    except UserError as error:
        told["problem"] = str(error)
    return Entry(name, str(folder), stamp(folder), **told)


def stamp(folder: str | Path) -> int:
    """A number that changes when any of a folder's files does; 0 while there is no folder."""
    try:
        return sum(file.stat().st_mtime_ns for file in Path(folder).iterdir())
    except FileNotFoundError:
        return 0


def load(model: str) -> Translator:
    """A model by name or path, ready to translate: eval mode, float32, gradients off.

    Raises:
        UserError: when the folder is missing, incomplete, truncated or does not fit.
    """
    folder = find(model)
    name = model if folder == root() / model else str(folder)
    task, config, sequence, about = read_config(folder, name)
    vocabs = read_json(folder, VOCAB, name)
    if not isinstance(vocabs, dict) or not {"source", "target"} <= vocabs.keys():
        raise UserError(f"{name} could not be loaded: {VOCAB} needs source and target.")
    source = Vocab.from_json(vocabs["source"], f"{name}: {VOCAB}, source,")
    target = Vocab.from_json(vocabs["target"], f"{name}: {VOCAB}, target,")
    weights = _read_weights(folder, name)
    try:
        network = blank(config)  # a false width in config.json must not ask for memory
    except RuntimeError:
        raise UserError(
            f"{name} could not be loaded: config.json asks for a model too large to build."
        ) from None
    _fit_weights(network, weights, name)
    if has_blanks(network):
        network = build(config)  # its sizes are known to be true by now
        _fit_weights(network, weights, name)
    network.eval().requires_grad_(False)
    reads = TASKS[task].reads if task in TASKS else "its own language"
    return Translator(name, task, network, sequence, source, target, reads, about)


def save(
    folder: str | Path,
    system: System,
    about: About,
    history: History,
    card: str = "",
) -> None:
    """Write a whole checkpoint folder, or leave the old one as it was.

    Args:
        folder: the checkpoint's.
        system: the model and its vocabularies.
        about: how it was made, for config.json.
        history: its training, epoch by epoch.
        card: README.md.

    Files are written beside the target and moved there when they are complete, so a folder that
    can be seen is a folder that can be loaded.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = (folder.parent / f".tmp-{folder.name}-{kind}-{os.getpid()}" for kind in "ab")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    dtype = DTYPES[system.sequence.weights_dtype]
    weights = {k: v.detach().to(dtype).contiguous() for k, v in system.model.state_dict().items()}
    save_file(weights, fresh / WEIGHTS)
    config = {
        "format": FORMAT,
        "task": system.task,
        "model": to_dict(system.config),
        "sequence": to_dict(system.sequence),
        **about_json.write(about),
    }
    vocabs = {
        "source": system.source_vocab.to_json(), "target": system.target_vocab.to_json()
    }  # fmt: skip
    (fresh / CONFIG).write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (fresh / VOCAB).write_text(json.dumps(vocabs, indent=0, ensure_ascii=False) + "\n", "utf-8")
    histories.write(fresh, history)
    (fresh / CARD).write_text(card, "utf-8")
    if folder.exists():
        folder.rename(old)
    try:
        fresh.rename(folder)
    except BaseException:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _check_weights_file(path: Path, name: str) -> None:
    """Refuse a file that is no safetensors or ends early, naming both sizes.

    The format: 8 bytes of header length, a JSON header with byte ranges, the numbers.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else -1
        if not 0 < length < 100_000_000:
            raise UserError(f"{name} could not be loaded: {WEIGHTS} is not a safetensors file.")
        header = file.read(length)
    if len(header) < length:
        raise UserError(f"{name} could not be loaded: {WEIGHTS} ends inside its header.")
    try:
        ranges = [v["data_offsets"][1] for k, v in json.loads(header).items() if k[:2] != "__"]
        needed = 8 + length + max(ranges, default=0)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UserError(
            f"{name} could not be loaded: {WEIGHTS} is not a safetensors file."
        ) from None
    if size < needed:
        raise UserError(
            f"{name} could not be loaded: {WEIGHTS} ends early "
            f"({size / 1e6:.1f} of {needed / 1e6:.1f} MB)."
        )


def _read_weights(folder: Path, name: str) -> dict[str, torch.Tensor]:
    path = folder / WEIGHTS
    if not path.is_file():
        raise UserError(f"{name} could not be loaded: {WEIGHTS} is missing.")
    _check_weights_file(path, name)
    try:
        return load_file(path)
    except Exception as error:  # the library raises its own type for every kind of damage
        fault = str(error).rstrip(".")
        raise UserError(f"{name} could not be loaded: {WEIGHTS}: {fault}.") from None


def _fit_weights(model: Seq2Seq, weights: dict[str, torch.Tensor], name: str) -> None:
    """Give a model its weights, as float32; every name and shape must fit."""
    own = model.state_dict()
    for what, keys in (
        ("lacks", own.keys() - weights.keys()),
        ("has the unknown", weights.keys() - own.keys()),
    ):
        if keys:
            some = ", ".join(sorted(keys)[:3]) + (", …" if len(keys) > 3 else "")
            raise UserError(f"{name} could not be loaded: {WEIGHTS} {what} {some}.")
    for key, tensor in weights.items():
        if tensor.shape != own[key].shape:
            raise UserError(
                f"{name} could not be loaded: {key} has shape {tuple(tensor.shape)}, "
                f"config.json asks for {tuple(own[key].shape)}."
            )
    # Copies: views into the file's bytes are not aligned, which moves the last digits of a result.
    own = {key: tensor.to(torch.float32, copy=True) for key, tensor in weights.items()}
    model.load_state_dict(own, assign=True)

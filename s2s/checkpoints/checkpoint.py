"""Checkpoints: a readable folder per model. Weights are safetensors, the rest is JSON.

    checkpoints/<task>/<variant>/  config.json vocab.json model.safetensors history.csv README.md

and, where a recipe asks for them, the other tables of `s2s.checkpoints.history` and the watched
sentences of every epoch (`s2s.checkpoints.replays`).

Nothing here unpickles. A folder that does not fit is refused in one sentence that names the fault.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from s2s.checkpoints import about_json, files
from s2s.checkpoints import history as histories
from s2s.checkpoints import replays as replay_file
from s2s.checkpoints import weights as weights_file
from s2s.checkpoints.config_json import CONFIG, FORMAT, read_config
from s2s.checkpoints.weights import WEIGHTS
from s2s.config import ModelConfig, SequenceConfig, to_dict
from s2s.config.limits import limits
from s2s.decoding.system import System
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.model.seq2seq import blank, build, has_blanks
from s2s.results import History
from s2s.results.replay import Replay
from s2s.tasks import TASKS
from s2s.tasks.about import About
from s2s.text.label import label, writable
from s2s.text.language import N_, Later, later
from s2s.text.vocab import Vocab

VOCAB, CARD = "vocab.json", "README.md"
FILES = (CONFIG, VOCAB, WEIGHTS, CARD, *histories.FILES, replay_file.REPLAY)
HOME = Path(__file__).resolve().parents[2]
DTYPES = {"float16": torch.float16, "float32": torch.float32}


def root() -> Path:
    """The folder of shipped models; the environment variable S2S_CHECKPOINTS names another."""
    return Path(os.environ.get("S2S_CHECKPOINTS") or HOME / "checkpoints")


def runs() -> Path:
    """The folder of trainings that a page started; the environment variable S2S_RUNS names another.

    It holds ``jobs/<task>/<name>/`` and, of those that were kept, ``models/<task>/<name>/``.
    """
    return Path(os.environ.get("S2S_RUNS") or HOME / "runs")


def places(model: str) -> tuple[Path, Path]:
    """Where the folder of ``task/variant`` may be: among the shipped models, then the kept ones."""
    return root() / model, runs() / "models" / model


def find(model: str) -> Path:
    """The folder of ``task/variant``, or of a path.

    Raises:
        UserError: when there is no such folder, naming the models there are.
    """
    for path in (*places(model), Path(model)):
        # os.path: it answers no to names that no file can have, where pathlib raises.
        if model and os.path.isdir(path):
            return path
    names, asked = tuple(entry.name for entry in entries()), label(model, 60)
    raise UserError(
        later("There is no model {name!r}. Models here: {names}.", name=asked, names=names)
        if names
        else later("There is no model {name!r}. {more}", name=asked, more=no_models())
    )


def no_models() -> Later:
    """What to say where `root` holds no model."""
    return later(
        "No models under {folder}; the environment variable S2S_CHECKPOINTS names a folder.",
        folder=root(),
    )


@dataclass(frozen=True)
class Entry:
    """One folder of a model, read without its weights.

    Attributes:
        name: ``task/variant``.
        path: the folder.
        stamp: changes when any of its files does; part of every cache key.
        problem: why it cannot be used, said when it is read; None if nothing is known against it.
        task: the task's name; empty if config.json cannot be read.
        config: the model's shape; None if config.json cannot be read.
        sequence: how it reads and writes; None likewise.
        about: how it was made and what it reached.
    """

    name: str
    path: str
    stamp: int
    problem: Later | str | None = None
    task: str = ""
    config: ModelConfig | None = None
    sequence: SequenceConfig | None = None
    about: About = About()


def folders() -> list[Path]:
    """Every folder ``task/variant`` under `root`, by name, whether it can be used or not.

    Then those that were kept from trainings in a page, unless their name is taken. A task's folder
    that cannot be listed stands as ``task/*``.
    """
    found: dict[tuple[str, str], Path] = {}
    for shelf in places(""):
        for task in _listed(shelf) or []:
            inside = _listed(task)
            for folder in [task / "*"] if inside is None else inside:
                found.setdefault((task.name, folder.name), folder)
    return list(found.values())


def _listed(folder: Path) -> list[Path] | None:
    """The folders in a folder, hidden ones left out; None where it cannot be listed."""
    try:
        with os.scandir(folder) as found:
            names = sorted(e.name for e in found if e.name[0] != "." and _is_folder(e))
    except OSError:
        return None
    return [folder / name for name in names]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that loops
        return False


def entries() -> list[Entry]:
    """Every model folder, by name; broken ones with their problem."""
    found = []
    for folder in folders():
        entry = read(folder)
        try:
            os.stat(folder)
        except FileNotFoundError:
            continue  # it is being replaced at this very moment
        except OSError:
            pass  # that is its problem
        found.append(entry)
    return found


def read(folder: str | Path) -> Entry:
    """A model's folder without its weights; whatever is wrong with it is its problem."""
    folder = Path(folder)
    name = f"{folder.parent.name}/{folder.name}"
    told: dict[str, Any] = {}
    try:
        if not writable(name):
            name = label(name)
            raise files.unloadable(name, later("its folder's name is not UTF-8."))
        with files.faults(name):
            told = read_config(folder, name)._asdict()
            files.check_file(folder / VOCAB, limits().vocabulary_bytes, name)
            weights_file.check(folder, name)
    except UserError as error:
        told["problem"] = error.args[0]
    return Entry(name, str(folder), stamp(folder), **told)


def stamp(folder: str | Path) -> int:
    """A number that changes when any of a model's files does; 0 while there are none."""
    total = 0
    for file in FILES:
        path = f"{folder}/{file}"
        try:
            total += os.stat(path).st_mtime_ns
        except OSError:
            with suppress(OSError):  # a link that leads nowhere
                total += os.lstat(path).st_mtime_ns
    return total


def card_of(folder: str | Path) -> str:
    """A model's README.md; empty without one.

    Raises:
        UserError: when it cannot be read.
    """
    path = Path(folder) / CARD
    if not os.path.lexists(path):
        return ""
    return files.read_text(path, limits().card_bytes, path.parent.name)


def load(model: str) -> Translator:
    """A model by name or path, ready to translate: eval mode, float32, gradients off.

    Raises:
        UserError: when the folder is missing, incomplete, truncated or does not fit.
    """
    folder = find(model)
    name = model if folder in places(model) else str(folder)
    with files.faults(name):
        return _load(folder, name)


def _load(folder: Path, name: str) -> Translator:
    task, config, sequence, about = read_config(folder, name)
    vocabs = files.read_json(folder / VOCAB, limits().vocabulary_bytes, name)
    if not isinstance(vocabs, dict) or not {"source", "target"} <= vocabs.keys():
        raise files.unloadable(name, later("{file} needs source and target.", file=VOCAB))
    source = Vocab.from_json(vocabs["source"], f"{name}: {VOCAB}, source,")
    target = Vocab.from_json(vocabs["target"], f"{name}: {VOCAB}, target,")
    weights = weights_file.read(folder, name)
    try:
        network = blank(config)  # a false width in config.json must not ask for memory
    except RuntimeError:
        raise files.unloadable(
            name, later("{file} asks for a model too large to build.", file=CONFIG)
        ) from None
    weights_file.fit(network, weights, name)
    if has_blanks(network):
        network = build(config)  # its sizes are known to be true by now
        weights_file.fit(network, weights, name)
    network.eval().requires_grad_(False)
    reads = TASKS[task].reads if task in TASKS else N_("its own language")
    return Translator(name, task, network, sequence, source, target, reads, about)


def save(
    folder: str | Path,
    system: System,
    about: About,
    history: History,
    card: str = "",
    replays: Sequence[Replay] = (),
) -> None:
    """Write a whole checkpoint folder, or leave the old one as it was.

    Args:
        folder: the checkpoint's.
        system: the model and its vocabularies.
        about: how it was made, for config.json.
        history: its training, epoch by epoch.
        card: README.md.
        replays: the watched sentences epoch by epoch.

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
    with files.written(fresh / WEIGHTS):
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
    replay_file.write(fresh / replay_file.REPLAY, replays)
    for hidden in fresh.glob("*.safetensors"):  # by that library from other users
        shutil.copymode(fresh / CONFIG, hidden)
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

"""From what the page knows to a model that every page shows, to its owner alone."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from s2s.checkpoints import checkpoint, imported_card
from s2s.checkpoints.checkpoint import Entry
from s2s.checkpoints.importers import own_model
from s2s.checkpoints.importers.dropped import Dropped
from s2s.checkpoints.importers.own_model import Described, file_name
from s2s.checkpoints.importers.recognise import Recognised
from s2s.config import ModelConfig
from s2s.config.flags import as_flags
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.evaluation.original import Proof
from s2s.results import History
from s2s.tasks import TASKS
from s2s.text.language import ORIGINAL, Later, later, speaking, tr
from s2s.text.system_words import reason
from ui import cached
from ui.cached import private

SWITCH = "S2S_IMPORTS"
MODES = ("visitor", "keep", "off")
LONGEST_NAME = 40


def mode() -> str:
    """What the server's owner allows: for the visitor alone, kept for all, or nothing.

    Raises:
        UserError: the variable says something else.
    """
    found = os.environ.get(SWITCH, MODES[0])
    if found not in MODES:
        raise UserError(
            tr("{name} is {value!r}; it must be one of {allowed}.", name=SWITCH, value=found,
               allowed=", ".join(MODES))
        )  # fmt: skip
    return found


@dataclass(frozen=True, eq=False)
class Wanted:
    """A model as the visitor wants it.

    Attributes:
        system: ready to translate.
        found: what it was recognised as.
        ignored: what in the files is none of it.
        files: that it came in.
        plain: whether its special tokens are those that its words tell.
        changes: what the visitor said otherwise than the files.
        proof: how it answers beside the original; None where nobody compared.
        examples: texts of the visitor's.
    """

    system: Translator
    found: Recognised
    ignored: tuple[Later, ...]
    files: Dropped
    plain: bool
    changes: Mapping[str, Any]
    proof: Proof | None
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """How it is shown.

    Attributes:
        task: the name of the task that it stands in.
        variant: its own name.
        title: what it does, where it has a task of its own; else empty.
        languages: what its sides are called, likewise.
        keep: for everybody, from now on.
    """

    task: str
    variant: str
    title: str = ""
    languages: tuple[str, str] | None = None
    keep: bool = False


def command(wanted: Wanted, name: str) -> str | None:
    """The command that makes the same model; None where its words were told by hand."""
    if not wanted.plain:
        return None
    files, system = wanted.files, wanted.system
    words = ["python", "-m", "s2s", "import", *map(file_name, files.weights)]
    for flag, source in (
        ("--vocab", files.vocabulary),
        ("--source-vocab", files.source),
        ("--target-vocab", files.target),
        ("--check", files.check_name),
    ):
        words += [flag, file_name(source)] if source else []
    words += ["--as", name]
    model = {item.name for item in fields(ModelConfig)}
    for field, value in wanted.changes.items():
        if field in model:
            flag = f"--{field.replace('_', '-')}"
            words += [flag] if value is True else [flag, str(value)]
    usual = own_model.usual(wanted.found, (system.source_vocab, system.target_vocab))
    return shlex.join([*words, *as_flags(system.sequence, usual)])


def bring(wanted: Wanted, shown: Shown) -> Entry:
    """Write the model where its owner alone finds it, or among those that everybody sees.

    Raises:
        UserError: too many are held, or everybody's folder cannot be written.
    """
    task = shown.task
    variant = re.sub(r"[^A-Za-z0-9_-]+", "-", shown.variant).strip("-")[:LONGEST_NAME] or "mine"
    taken = {entry.name for entry in cached.entries()}

    @speaking(ORIGINAL)  # a card keeps its language, whoever reads it
    def write(folder: Path, name: str) -> None:
        told = Described(
            wanted.files.digests, command(wanted, f"{task}/{name}"),
            wanted.proof.says() if wanted.proof else None,
            shown.title, shown.languages, wanted.examples,
        )  # fmt: skip
        named = replace(wanted.system, name=f"{task}/{name}", task=task)
        system = own_model.described(named, wanted.found, wanted.ignored, told)
        card = imported_card.render(TASKS[task], system)
        checkpoint.save(folder, system, system.about, History(), card)

    if not shown.keep or mode() != "keep":
        return private.add(task, variant, taken, write)
    name = private.free(task, variant, taken)
    folder = checkpoint.runs() / "models" / task / name
    try:
        write(folder, name)
    except OSError as error:
        raise UserError(later("It cannot be kept here: {why}.", why=reason(error))) from None
    cached.look()
    return checkpoint.read(folder)

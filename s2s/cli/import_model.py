"""Import somebody's model; nothing is trained or measured."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch

from s2s.checkpoints import checkpoint, imported_card
from s2s.checkpoints.importers import own_model, state_dicts, vocabularies
from s2s.checkpoints.importers.presets import PARTS, PRESETS
from s2s.cli.options import add_fields, apply
from s2s.config import ModelConfig, SequenceConfig
from s2s.config.flags import as_flags
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.evaluation import check_file
from s2s.evaluation.original import prove
from s2s.results import History
from s2s.tasks import TASKS
from s2s.tasks.about import About, Imported
from s2s.tasks.base import Task
from s2s.tasks.text_file import sha256
from s2s.text import label

KNOWN_BETTER = {"target_activation": str, "attention_slots": int, "bridge": str}
REVERSE_HELP = ModelConfig.__dataclass_fields__["reverse_source"].metadata["help"]


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``import``: its own, and one per field of how a model reads and writes."""
    parser.add_argument(
        "file", metavar="FILE", nargs="*",
        help="the whole model in one file (.pt, .pth, .tar, .safetensors, .npz, .pkl of arrays), "
        "or its encoder's and its decoder's",
    )  # fmt: skip
    parser.add_argument("--encoder", metavar="E.pt", help="the encoder's state dict")
    parser.add_argument("--decoder", metavar="D.pt", help="the decoder's state dict")
    parser.add_argument(
        "--preset", choices=tuple(PRESETS),
        help="whose modules; without it they are recognised by names and shapes",
    )  # fmt: skip
    parser.add_argument(
        "--vocab", metavar="V.json",
        help='{"source": [tokens by id], "target": [...], "source_special": {"bos": id, "eos": '
        'id, "pad": id or null, "unk": id or null}, "target_special": {...}}; or those ids for '
        "both sides",
    )  # fmt: skip
    for side in vocabularies.SIDES:
        parser.add_argument(
            f"--{side}-vocab", metavar="WORDS",
            help=f"{side} words instead: a line each, or JSON (a list, or a dictionary)",
        )  # fmt: skip
    parser.add_argument(
        "--check", metavar="check.json",
        help='what the original did: [{"source": text or ids, "output": tokens or ids, "logits"?, '
        '"log_probabilities"?, "attention"?}]; nothing is written unless the model does the same',
    )  # fmt: skip
    parser.add_argument(
        "--as", required=True, dest="name", metavar="TASK/NAME",
        help=f"where it is shown; TASK is one of {', '.join(TASKS)}",
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help="replace a model of that name")
    parser.add_argument(
        "--reverse-source", action=argparse.BooleanOptionalAction, default=False, help=REVERSE_HELP
    )
    for name, kind in KNOWN_BETTER.items():
        field = ModelConfig.__dataclass_fields__[name]
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=kind, choices=field.metadata["choices"],
            help=f"{field.metadata['help']} (where the tensors do not show it)",
        )  # fmt: skip
    add_fields(parser, SequenceConfig)


def run(given: argparse.Namespace) -> int:
    """Write the checkpoint; tokens that no text can spell are named on stderr."""
    task, variant = _task_and_variant(given.name)
    folder = checkpoint.root() / task.name / variant
    if folder.exists() and not given.force:
        raise UserError(f"{folder} exists; choose another name, or --force to replace it.")
    brought = _with_preset(given, task) if given.preset else _recognised(given, task)
    system, checked = brought.system, None
    if given.check:
        proof = prove(system, check_file.read_file(given.check, system))
        if not proof.holds:
            raise UserError(f"{given.name} was not written. {proof.says()}")
        checked = proof.says()
    lost = own_model.untypable(system)
    files = [*brought.files, *(path for path in _word_lists(given) if path)]
    about = About(
        variant=variant,
        command=command(given, brought.usual, system.sequence),
        imported=Imported(
            brought.preset,
            tuple((file_name(file), sha256(file)) for file in files),
            brought.tensors,
            {side: len(tokens) for side, tokens in lost.items()},
            checked,
            brought.notes,
        ),
        parameters=system.model.parameter_count(),
        torch=torch.__version__.split("+")[0],
    )
    system = replace(system, about=about)
    checkpoint.save(folder, system, about, History(), imported_card.render(task, system))
    if brought.lines:
        print("\n".join([*brought.lines, checked or "Not checked against the original: --check."]))
    print(f"Wrote {folder}")
    for side, tokens in lost.items():
        some = ", ".join(f'"{label(token, 40)}"' for token in tokens[:3])
        count = imported_card.warning(system.config, system.sequence, side, len(tokens))
        print(f"{count} For example: {some}. See "
              f"--{side}-normaliser and --{side}-tokeniser.", file=sys.stderr)  # fmt: skip
    return 0


def _task_and_variant(name: str) -> tuple[Task, str]:
    task, _, variant = name.partition("/")
    if task not in TASKS:
        raise UserError(
            f"--as {label(name, 60)} must be TASK/NAME, and TASK one of {', '.join(TASKS)}."
        )
    if not variant.replace("-", "").replace("_", "").isalnum() or not variant.isascii():
        raise UserError(f"--as {label(name, 60)}: the name may hold letters, digits, - and _ only.")
    return TASKS[task], variant


class Brought(NamedTuple):
    """A model that came in.

    Attributes:
        preset: whose modules it is of.
        files: the files of its weights.
        tensors: their names and shapes.
        usual: how such a model reads and writes.
        system: the model, as it was asked to read and write.
        notes: what its card says besides.
        lines: what is said of it on the way in.
    """

    preset: str
    files: list[str]
    tensors: tuple[tuple[str, tuple[int, ...]], ...]
    usual: SequenceConfig
    system: Translator
    notes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def _word_lists(given: argparse.Namespace) -> list[str | None]:
    return [given.vocab, given.source_vocab, given.target_vocab]


def _files(given: argparse.Namespace) -> list[str]:
    """The files of the weights: one, or the encoder's and the decoder's."""
    if given.file and (given.encoder or given.decoder):
        raise UserError("Name either one FILE or --encoder and --decoder, not both.")
    if given.file:
        return given.file
    if not given.encoder or not given.decoder:
        raise UserError("Name one FILE with both halves, or --encoder and --decoder together.")
    return [given.encoder, given.decoder]


def _with_preset(given: argparse.Namespace, task: Task) -> Brought:
    """As the modules of a tutorial."""
    preset, files = PRESETS[given.preset], _files(given)
    if not given.vocab:
        raise UserError("Name the words: --vocab V.json.")
    if given.file and len(files) > 1:
        raise UserError("With --preset name one FILE, or --encoder and --decoder.")
    tensors, ignored = state_dicts.read(files, preset, () if given.file else PARTS)
    vocabs = state_dicts.read_vocabularies(given.vocab, preset)
    usual = state_dicts.with_start(preset.sequence, vocabs[1])
    sequence = _sequence(given, usual)
    system = state_dicts.build(
        given.name, task, preset, tensors, vocabs, sequence, given.reverse_source
    )
    shapes = tuple(
        (state_dicts.shown(preset, *key), tuple(tensor.shape)) for key, tensor in tensors.items()
    )
    lines = tuple(f"  left out: {what}" for what in ignored)
    return Brought(given.preset, files, shapes, usual, system, _left_out(ignored), lines)


def _recognised(given: argparse.Namespace, task: Task) -> Brought:
    """As what its tensors show."""
    files = _files(given)
    changes = {name: value for name in KNOWN_BETTER
               if (value := getattr(given, name)) is not None}  # fmt: skip
    if given.reverse_source:
        changes["reverse_source"] = True
    found, ignored = own_model.read(files, () if given.file else PARTS, changes)
    if given.vocab:
        vocabs = vocabularies.read(given.vocab)
    elif given.source_vocab and given.target_vocab:
        vocabs = vocabularies.read_two(given.source_vocab, given.target_vocab)
    else:
        raise UserError("Name the words: --vocab V.json, or --source-vocab and --target-vocab.")
    usual = own_model.usual(found, vocabs)
    system = own_model.build(given.name, task, found, vocabs, _sequence(given, usual))
    shapes = tuple((label(one.name, 80), one.shape) for one in found.taken)
    left, lines = _left_out(ignored), tuple(own_model.told(found, ignored))
    return Brought(found.family.name, files, shapes, usual, system, left, lines)


def _left_out(ignored: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"Left out of the file: {what}." for what in ignored)


def _sequence(given: argparse.Namespace, usual: SequenceConfig) -> SequenceConfig:
    sequence = apply(given, usual)
    if sequence.weights_dtype != "float32":
        raise UserError("An imported model keeps its weights as float32.")
    return sequence


def command(given: argparse.Namespace, usual: SequenceConfig, sequence: SequenceConfig) -> str:
    """The command that makes this model, without this machine's folders."""
    words = ["python", "-m", "s2s", "import"]
    words += [file_name(file) for file in given.file]
    for flag in ("encoder", "decoder", "vocab", "source_vocab", "target_vocab", "check"):
        if file := getattr(given, flag):
            words += [f"--{flag.replace('_', '-')}", file_name(file)]
    words += ["--preset", given.preset] if given.preset else []
    words += ["--as", given.name]
    for name in KNOWN_BETTER:
        if (value := getattr(given, name)) is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    words += ["--reverse-source"] if given.reverse_source else []
    return shlex.join([*words, *as_flags(sequence, usual)])


def file_name(path: str) -> str:
    """A file's name as a card can show it."""
    return label(Path(path).name).replace("␣", " ").replace("`", "'")

"""Import a tutorial's PyTorch model; nothing is trained or measured."""

from __future__ import annotations

import argparse
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import torch

from s2s.checkpoints import checkpoint, imported_card
from s2s.checkpoints.importers import state_dicts
from s2s.checkpoints.importers.presets import PRESETS, Preset
from s2s.cli.options import add_fields, apply, as_flags
from s2s.config import ModelConfig, SequenceConfig
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.results import History
from s2s.tasks import TASKS
from s2s.tasks.about import About, Imported
from s2s.tasks.base import Task
from s2s.tasks.text_file import sha256
from s2s.text import NORMALISERS, TOKENISERS, label
from s2s.text.vocab import Vocab

REVERSE_HELP = ModelConfig.__dataclass_fields__["reverse_source"].metadata["help"]


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``import``: its own, and one per field of how a model reads and writes."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="both state dicts in one .pt file")
    parser.add_argument("--encoder", metavar="E.pt", help="the encoder's state dict")
    parser.add_argument("--decoder", metavar="D.pt", help="the decoder's state dict")
    parser.add_argument("--preset", required=True, choices=tuple(PRESETS), help="whose modules")
    parser.add_argument(
        "--vocab", required=True, metavar="V.json",
        help='{"source": [tokens by id], "target": [...], "bos": id, "eos": id, "pad": id or '
        'null, "unk": id or null}',
    )  # fmt: skip
    parser.add_argument(
        "--as", required=True, dest="name", metavar="TASK/NAME",
        help=f"where it is shown; TASK is one of {', '.join(TASKS)}",
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help="replace a model of that name")
    parser.add_argument(
        "--reverse-source", action=argparse.BooleanOptionalAction, default=False, help=REVERSE_HELP
    )
    add_fields(parser, SequenceConfig)


def run(given: argparse.Namespace) -> int:
    """Write the checkpoint; tokens that no text can spell are named on stderr."""
    task, variant = _task_and_variant(given.name)
    folder = checkpoint.root() / task.name / variant
    if folder.exists() and not given.force:
        raise UserError(f"{folder} exists; choose another name, or --force to replace it.")
    preset = PRESETS[given.preset]
    tensors, files = _read(given, preset)
    vocabs = state_dicts.read_vocabularies(given.vocab, preset)
    usual = state_dicts.with_start(preset.sequence, vocabs[1])
    sequence = apply(given, usual)
    if sequence.weights_dtype != "float32":
        raise UserError("An imported model keeps its weights as float32.")
    system = state_dicts.build(
        given.name, task, preset, tensors, vocabs, sequence, given.reverse_source
    )
    lost = untypable(system)
    about = About(
        variant=variant,
        command=command(given, usual, sequence),
        imported=Imported(
            given.preset,
            tuple((file_name(file), sha256(file)) for file in [*files, given.vocab]),
            tuple(
                (state_dicts.shown(preset, *key), tuple(tensor.shape))
                for key, tensor in tensors.items()
            ),
            {side: len(tokens) for side, tokens in lost.items()},
        ),
        parameters=system.model.parameter_count(),
        torch=torch.__version__.split("+")[0],
    )
    system = replace(system, about=about)
    checkpoint.save(folder, system, about, History(), imported_card.render(task, system))
    print(f"Wrote {folder}")
    for side, tokens in lost.items():
        some = ", ".join(f'"{label(token, 40)}"' for token in tokens[:3])
        count = imported_card.warning(system.config, sequence, side, len(tokens))
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


def _read(given: argparse.Namespace, preset: Preset) -> tuple[state_dicts.Tensors, list[str]]:
    """The tensors, and the files they came from."""
    if given.file and (given.encoder or given.decoder):
        raise UserError("Name either one FILE or --encoder and --decoder, not both.")
    if given.file:
        return state_dicts.read_file(given.file, preset), [given.file]
    if not given.encoder or not given.decoder:
        raise UserError("Name one FILE with both halves, or --encoder and --decoder together.")
    tensors = state_dicts.read_files(given.encoder, given.decoder, preset)
    return tensors, [given.encoder, given.decoder]


def command(given: argparse.Namespace, usual: SequenceConfig, sequence: SequenceConfig) -> str:
    """The command that makes this model, without this machine's folders."""
    words = ["python", "-m", "s2s", "import"]
    for flag, file in (("", given.file), ("--encoder", given.encoder),
                       ("--decoder", given.decoder), ("--vocab", given.vocab)):  # fmt: skip
        if file:
            words += [*([flag] if flag else []), file_name(file)]
    words += ["--preset", given.preset, "--as", given.name]
    words += ["--reverse-source"] if given.reverse_source else []
    return shlex.join([*words, *as_flags(sequence, usual)])


def file_name(path: str) -> str:
    """A file's name as a card can show it."""
    return label(Path(path).name).replace("␣", " ").replace("`", "'")


def untypable(system: System) -> dict[str, list[str]]:
    """Side to tokens that its normaliser and tokeniser never give back; empty if all is well."""
    sequence, found = system.sequence, {}
    for side, vocab in (("source", system.source_vocab), ("target", system.target_vocab)):
        ways = (getattr(sequence, f"{side}_{kind}") for kind in ("normaliser", "tokeniser"))
        lost = _lost(vocab, *ways)
        if lost:
            found[side] = lost
    return found


def _lost(vocab: Vocab, normaliser: str, tokeniser: str) -> list[str]:
    if tokeniser not in ("words", "characters"):
        return []  # what it gives depends on the sentence, so a token alone proves nothing
    normalise, split = NORMALISERS[normaliser], TOKENISERS[tokeniser].split
    # Between letters: edge blanks are taken off, and a blank can be a character of its own.
    edge = "a" if tokeniser == "characters" else ""
    around = [edge] if edge else []
    return [
        token for i, token in enumerate(vocab.tokens)
        if i not in vocab.specials
        and split(normalise(f"{edge}{token}{edge}").text) != [*around, token, *around]
    ]  # fmt: skip

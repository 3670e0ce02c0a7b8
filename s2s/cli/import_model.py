"""Import somebody's model; nothing is trained or measured."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence

from s2s.checkpoints import card, checkpoint, imported_card
from s2s.checkpoints.importers import containers, own_model, vocabularies
from s2s.checkpoints.importers.containers import Held
from s2s.checkpoints.importers.families import FAMILIES
from s2s.checkpoints.importers.own_model import Described
from s2s.checkpoints.importers.recognise import Recognised, recognise
from s2s.cli.options import add_fields, apply
from s2s.config import ModelConfig, SequenceConfig
from s2s.config.flags import as_flags
from s2s.errors import UserError
from s2s.evaluation import check_file
from s2s.evaluation.original import prove
from s2s.results import History
from s2s.tasks import TASKS
from s2s.tasks.base import Task
from s2s.tasks.text_file import sha256
from s2s.text import label
from s2s.text.language import Later
from s2s.text.vocab import Vocab

SIDES = ("encoder", "decoder")
KNOWN_BETTER = {"target_activation": str, "attention_slots": int, "bridge": str}
REVERSE_HELP = ModelConfig.__dataclass_fields__["reverse_source"].metadata["help"]


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``import``: its own, and one per field of how a model reads and writes."""
    parser.add_argument(
        "file", metavar="FILE", nargs="*",
        help="the whole model in one file (.pt, .pth, .tar, .safetensors, .npz, .pkl of arrays, "
        ".keras, .h5), or its encoder's and its decoder's",
    )  # fmt: skip
    parser.add_argument("--encoder", metavar="E.pt", help="the encoder's state dict")
    parser.add_argument("--decoder", metavar="D.pt", help="the decoder's state dict")
    parser.add_argument(
        "--preset", choices=sorted({family.name for family in FAMILIES}), metavar="FAMILY",
        help="whose modules they must be; without it they are recognised by names and shapes: "
        + ", ".join(sorted({family.name for family in FAMILIES})),
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
    parser.add_argument("--title", help="what it does, where it is a task of its own")
    parser.add_argument(
        "--languages", nargs=2, metavar=("SOURCE", "TARGET"), help="what its sides are called"
    )
    parser.add_argument(
        "--example", action="append", default=[], metavar="TEXT",
        help="a sentence that pages offer; may be given again",
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
    files = _files(given)
    held = containers.read(files, () if given.file else SIDES)
    found, vocabs = _recognised(given, held)
    usual = own_model.usual(found, vocabs)
    system = own_model.build(given.name, task, found, vocabs, _sequence(given, usual))
    checked = None
    if given.check:
        proof = prove(system, check_file.read_file(given.check, system))
        if not proof.holds:
            raise UserError(f"{given.name} was not written. {proof.says()}")
        checked = proof.says()
    files += [path for path in (given.vocab, given.source_vocab, given.target_vocab) if path]
    system = own_model.described(system, found, held.ignored, Described(
        tuple((own_model.file_name(file), sha256(file)) for file in files),
        command(given, usual, system.sequence), checked, given.title or "",
        tuple(given.languages) if given.languages else None, tuple(given.example),
    ))  # fmt: skip
    checkpoint.save(
        folder, system, system.about, History(), imported_card.render(task, system)
    )  # fmt: skip
    print("\n".join(_told(found, held.ignored)))
    print(checked or "Not checked against the original: --check.")
    print(f"Wrote {folder}")
    for side, tokens in own_model.untypable(system).items():
        some = ", ".join(f'"{label(token, 40)}"' for token in tokens[:3])
        count = imported_card.warning(system.config, system.sequence, side, len(tokens))
        print(f"{count} For example: {some}. See "
              f"--{side}-normaliser and --{side}-tokeniser.", file=sys.stderr)  # fmt: skip
    return 0


def _told(found: Recognised, ignored: Sequence[Later]) -> list[str]:
    """What every tensor was taken for, a line each."""
    lines = [f"Recognised: {found.family.title}; {card.shape(found.config)}."]
    for one in found.taken:
        what = " and ".join(one.ours) or f"left out: {one.why}"
        lines.append(f"  {label(one.name, 60)} ({' × '.join(map(str, one.shape))}) → {what}")
    lines += [f"  left out: {what}" for what in ignored]
    if found.made:
        lines.append(f"  0, for the original has none: {', '.join(found.made)}")
    return lines


def _task_and_variant(name: str) -> tuple[Task, str]:
    task, _, variant = name.partition("/")
    if task not in TASKS:
        raise UserError(
            f"--as {label(name, 60)} must be TASK/NAME, and TASK one of {', '.join(TASKS)}."
        )
    if not variant.replace("-", "").replace("_", "").isalnum() or not variant.isascii():
        raise UserError(f"--as {label(name, 60)}: the name may hold letters, digits, - and _ only.")
    return TASKS[task], variant


def _files(given: argparse.Namespace) -> list[str]:
    """The files of the weights: one, or the encoder's and the decoder's."""
    if given.file and (given.encoder or given.decoder):
        raise UserError("Name either one FILE or --encoder and --decoder, not both.")
    if given.file:
        return given.file
    if not given.encoder or not given.decoder:
        raise UserError("Name one FILE with both halves, or --encoder and --decoder together.")
    return [given.encoder, given.decoder]


def _recognised(given: argparse.Namespace, held: Held) -> tuple[Recognised, tuple[Vocab, Vocab]]:
    """What the tensors show, and the words of both sides."""
    changes = {name: value for name in KNOWN_BETTER
               if (value := getattr(given, name)) is not None}  # fmt: skip
    if given.reverse_source:
        changes["reverse_source"] = True
    found = recognise(held.tensors, changes, given.preset or "")
    if given.vocab:
        vocabs = vocabularies.read(given.vocab)
    elif given.source_vocab and given.target_vocab:
        vocabs = vocabularies.read_two(given.source_vocab, given.target_vocab)
    else:
        inside = vocabularies.inside(held.words)
        if inside is None:
            raise UserError("Name the words: --vocab V.json, or --source-vocab and --target-vocab.")
        vocabs = inside
    places = found.config.attention_slots
    if places and found.config.attention != "location" and "attention_slots" not in changes:
        # Where the attention sees empty places, the longest source is as long as there are places.
        sequence = _sequence(given, own_model.usual(found, vocabs))
        whole = sequence.max_source_length + sequence.source_bos + sequence.source_eos
        if whole != places:
            found = recognise(
                held.tensors, {**changes, "attention_slots": whole}, given.preset or ""
            )
    return found, vocabs


def _sequence(given: argparse.Namespace, usual: SequenceConfig) -> SequenceConfig:
    sequence = apply(given, usual)
    if sequence.weights_dtype != "float32":
        raise UserError("An imported model keeps its weights as float32.")
    return sequence


def command(given: argparse.Namespace, usual: SequenceConfig, sequence: SequenceConfig) -> str:
    """The command that makes this model, without this machine's folders."""
    words = ["python", "-m", "s2s", "import"]
    words += [own_model.file_name(file) for file in given.file]
    for flag in ("encoder", "decoder", "vocab", "source_vocab", "target_vocab", "check"):
        if file := getattr(given, flag):
            words += [f"--{flag.replace('_', '-')}", own_model.file_name(file)]
    words += ["--preset", given.preset] if given.preset else []
    words += ["--as", given.name]
    words += ["--title", given.title] if given.title else []
    words += ["--languages", *given.languages] if given.languages else []
    for text in given.example:
        words += ["--example", text]
    for name in KNOWN_BETTER:
        if (value := getattr(given, name)) is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    words += ["--reverse-source"] if given.reverse_source else []
    return shlex.join([*words, *as_flags(sequence, usual)])

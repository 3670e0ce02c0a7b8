"""Tutorial models: state dicts in, one of our models out.

A preset says what a tutorial's modules are called and how its model reads and writes; every size
comes from the tensors.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from s2s.checkpoints.importers import containers, presets
from s2s.checkpoints.importers.presets import PARTS, PRESETS, Place, Preset
from s2s.config import ModelConfig, SequenceConfig
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.model.seq2seq import blank
from s2s.tasks import Task
from s2s.text import label
from s2s.text.vocab import ROLES, Vocab

GATES = {"gru": 3, "lstm": 4}
MOST_NAMED = 60  # tensors in one message; a tutorial 5 model of four layers has 36
# A state dict by part and name in the part's own module.
Tensors = dict[tuple[str, str], Tensor]


def read(
    paths: Sequence[str], preset: Preset, parts: Sequence[str] = ()
) -> tuple[Tensors, tuple[str, ...]]:
    """A model in one file, or in its encoder's and its decoder's, as training loops save them.

    Returns:
        The preset's tensors and no others; what in the files is none of the model.

    Raises:
        UserError: when a file cannot be read, or does not hold the preset's tensors.
    """
    held = containers.read(paths, parts)
    tensors: Tensors = {}
    for key, tensor in held.tensors.items():
        part, _, name = key.partition(".")
        tensors[part, name] = tensor
    extra = [f"{part}.{name}".rstrip(".") for part, name in tensors
             if part not in PARTS or not name]  # fmt: skip
    if extra:
        raise UserError(
            f"{paths[0]} holds {_listed(extra)}; every name must start with encoder. or decoder. "
            "(or enc. or dec.), or name two files with --encoder and --decoder."
        )
    for part in PARTS:
        if not any(found == part for found, _ in tensors):
            raise UserError(f"{paths[0]} holds no tensor of the {part}.")
    _check_names(preset, tensors, held.ignored)
    return tensors, held.ignored


def read_vocabularies(path: str, preset: Preset) -> tuple[Vocab, Vocab]:
    """Source and target vocabulary of a V.json.

    Raises:
        UserError: naming what is missing, repeated or out of range.
    """
    try:
        data = json.loads(Path(path).read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UserError(f"{path} is not JSON in UTF-8{where}.") from None
    if not isinstance(data, dict):
        raise UserError(f"{path} must hold an object with source, target, bos and eos.")
    missing = {"source", "target", "bos", "eos"} - data.keys()
    unknown = data.keys() - {"source", "target", *ROLES}
    if missing or unknown:
        raise UserError(f"{path} {'lacks' if missing else 'has the unknown'} "
                        f"{_listed(sorted(missing or unknown))}.")  # fmt: skip
    roles = {role: data.get(role) for role in ROLES}
    for role in ("bos", "eos"):
        if roles[role] is None:
            raise UserError(f"{path}: {role} is null; tutorial {preset.tutorial} needs it.")
    used = [index for index in roles.values() if index is not None]
    if any(used.count(index) > 1 for index in used):
        raise UserError(f"{path}: two of {', '.join(ROLES)} are the same id.")
    vocabs = []
    for side, own in (("source", roles if preset.source_specials else {}), ("target", roles)):
        tokens = data[side]
        if (
            not isinstance(tokens, list)
            or not tokens
            or not all(isinstance(t, str) and not re.search("[\ud800-\udfff]", t) for t in tokens)
        ):
            raise UserError(f"{path}: {side} must be a list of strings, in the order of their ids.")
        vocabs.append(Vocab.from_json({"tokens": tokens, **own}, f"{path}, {side}"))
    return vocabs[0], vocabs[1]


def build(
    name: str,
    task: Task,
    preset: Preset,
    tensors: Tensors,
    vocabs: tuple[Vocab, Vocab],
    sequence: SequenceConfig,
    reverse_source: bool = False,
) -> Translator:
    """The model, in float32 and ready to translate; its outputs are the tutorial module's.

    Args:
        name: ``task/variant``.
        task: the task it is shown under.
        preset: the tutorial.
        tensors: what the file or files hold, the preset's own names and no others.
        vocabs: source and target.
        sequence: how it reads and writes. With attention, the slots are as many as the longest
            source with its specials (tutorial 3: MAX_LENGTH).
        reverse_source: the source was fed last token first.

    Raises:
        UserError: naming every tensor of a wrong shape, or the vocabulary that does not fit.
    """
    layers, attention = presets.structure(preset, tensors)
    wanted = list(presets.places(preset, layers, attention))
    sizes = _sizes(preset, tensors, wanted, vocabs)
    _check_shapes(preset, tensors, sizes, wanted)
    for side, vocab, size in zip(("source", "target"), vocabs, ("Vs", "Vt"), strict=True):
        if len(vocab) != sizes[size]:
            raise UserError(
                f"The {side} vocabulary lists {len(vocab)} tokens, but the tensors are made for "
                f"{sizes[size]}."
            )
    switches = dict(preset.model)
    if attention:
        slots = sequence.max_source_length + sequence.source_bos + sequence.source_eos
        switches |= {"attention": "dot", "attention_slots": slots}
    if preset.embedding != "none":
        own = (sizes.get(size, sizes["H"]) for size in ("Es", "Et"))
        switches |= dict(zip(("source_embedding", "target_embedding"), own, strict=True))
    config = ModelConfig(
        source_vocabulary=sizes["Vs"], target_vocabulary=sizes["Vt"], cell=preset.cell,
        layers=layers, hidden=sizes["H"], reverse_source=reverse_source, **switches,
    )  # fmt: skip
    model = blank(config)
    model.load_state_dict({p.ours: _weight(preset, p, tensors) for p in wanted}, assign=True)
    model.eval().requires_grad_(False)
    return Translator(name, task.name, model, sequence, *vocabs, task.reads)


def with_start(sequence: SequenceConfig, target: Vocab) -> SequenceConfig:
    """The same manners, starting from the vocabulary's own start token."""
    return replace(sequence, start_token=target.tokens[target.special("bos")])


def _check_names(preset: Preset, tensors: Tensors, ignored: Sequence[str]) -> None:
    """Refuse missing and unexpected tensors, with a guess at the mistake."""
    own, wanted = tensors.keys(), presets.names(preset, tensors)
    if own == wanted:
        return
    faults = [f"{what} {_listed(shown(preset, *key) for key in sorted(keys))}"
              for what, keys in (("missing", wanted - own), ("unexpected", own - wanted))
              if keys]  # fmt: skip
    swapped = {(PARTS[part == "encoder"], name) for part, name in own}
    hints = [f" They are those of {name}." for name, other in PRESETS.items()
             if own == presets.names(other, own)]  # fmt: skip
    if swapped == presets.names(preset, swapped):
        hints = [" Encoder and decoder seem to be exchanged."]
    if any(part == "encoder" and name.endswith("_reverse") for part, name in own - wanted):
        hints.append(f" Its encoder reads in both directions; that of tutorial {preset.tutorial} "
                     "reads in one.")  # fmt: skip
    if ignored:
        hints.append(f" Left out of the file: {_listed(ignored)}.")
    raise UserError(
        f"The tensors are not those of tutorial {preset.tutorial}: {'; '.join(faults)}."
        + "".join(hints)
    )


def _sizes(
    preset: Preset, tensors: Tensors, wanted: list[Place], vocabs: tuple[Vocab, Vocab]
) -> dict[str, int]:
    """The sizes that shapes are made of: what most tensors say, so that the odd one is named."""
    votes: dict[str, Counter[int]] = defaultdict(Counter)
    for place in wanted:
        shape = tensors[place.part, place.name].shape
        if len(shape) == len(place.shape):
            for size, count in zip(place.shape, shape, strict=True):
                votes[size][count] += 1
    for size, vocab in zip(("Vs", "Vt"), vocabs, strict=True):
        if len(vocab) in votes[size] or not votes[size]:
            votes[size] = Counter([len(vocab)])
    sizes = {size: found.most_common(1)[0][0] for size, found in votes.items() if found}
    hidden = sizes.get("H", 0)
    return sizes | {"H": hidden, "2H": 2 * hidden, "GH": GATES[preset.cell] * hidden}


def _check_shapes(
    preset: Preset, tensors: Tensors, sizes: dict[str, int], wanted: list[Place]
) -> None:
    faults = []
    for place in wanted:
        shape = tuple(tensors[place.part, place.name].shape)
        right = tuple(sizes.get(size, 0) for size in place.shape)
        if shape != right:
            faults.append(f"{shown(preset, place.part, place.name)} is {shape}, not {right}")
    if faults:
        raise UserError(
            f"Shapes do not fit tutorial {preset.tutorial} with {sizes['H']} units: "
            f"{_listed(faults, '; ')}."
        )


def _weight(preset: Preset, place: Place, tensors: Tensors) -> Tensor:
    """A float32 copy of its own."""
    tensor = tensors[place.part, place.name].detach().to(torch.float32, copy=True).contiguous()
    if not bool(torch.isfinite(tensor).all()):
        raise UserError(
            f"{shown(preset, place.part, place.name)} holds a number that is not finite."
        )
    return tensor


def shown(preset: Preset, part: str, name: str) -> str:
    """A tensor's name as its tutorial writes it."""
    return label(f"{part[:3] if preset.tutorial == 1 else part}.{name}", 80)


def _listed(things: Iterable[Any], between: str = ", ") -> str:
    texts = [label(str(thing), 160).replace("␣", " ") for thing in things]
    more = f"{between}and {len(texts) - MOST_NAMED} more" if len(texts) > MOST_NAMED else ""
    return between.join(texts[:MOST_NAMED]) + more

"""Which family a model is of, from names and shapes alone; its configuration and its weights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from s2s.checkpoints.importers import names
from s2s.checkpoints.importers.families import FAMILIES
from s2s.checkpoints.importers.rules import Family, Rule
from s2s.config import ModelConfig
from s2s.errors import UserError
from s2s.model.seq2seq import blank, check_parts
from s2s.text import label
from s2s.text.language import N_, tr

RANK = ("s_0", "c", "s̃", "s", "h", "x")
"""The order in which our layers read."""
CELLS = {1: "rnn", 3: "gru", 4: "lstm"}
PYTORCH = {4: ("i", "f", "g", "o"), 3: ("r", "z", "n")}


@dataclass(frozen=True)
class Taken:
    """What one tensor was taken for.

    Attributes:
        name: as the file has it.
        shape: likewise.
        ours: our names for it; none where it was left out.
        why: why it was left out; else empty.
    """

    name: str
    shape: tuple[int, ...]
    ours: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, eq=False)
class Recognised:
    """A model that was recognised.

    Attributes:
        family: whose modules they are.
        config: the model's shape.
        weights: our names to float32 tensors, all that the model needs.
        taken: every tensor of the file.
        made: biases that the original does not have and that are 0 here.
    """

    family: Family
    config: ModelConfig
    weights: Mapping[str, Tensor]
    taken: tuple[Taken, ...]
    made: tuple[str, ...]


class _Misfit(Exception):
    """Why a family does not fit, and how much of it does (0 to 1)."""

    def __init__(self, why: str, share: float):
        super().__init__(why)
        self.share = share


def recognise(
    tensors: Mapping[str, Tensor], changes: Mapping[str, Any] | None = None, only: str = ""
) -> Recognised:
    """The family whose every rule fits.

    Args:
        tensors: names and tensors, as `containers.read` gives them.
        changes: ModelConfig fields that the user knows better.
        only: the name of the family, where the user knows it.

    Raises:
        UserError: naming the nearest family and what of it does not fit.
    """
    known = [family for family in FAMILIES if only in ("", family.name)]
    misfits: list[tuple[float, Family, str]] = []
    for family in known:
        try:
            return _fitted(family, tensors, changes or {})
        except _Misfit as misfit:
            misfits.append((misfit.share, family, str(misfit)))
    _, family, why = max(misfits, key=lambda found: found[0])
    both = any(name.startswith("encoder.") and name.endswith("_reverse") for name in tensors)
    hint = _exchanged(known, tensors) or tr("Its encoder reads in both directions.") * both
    if only:
        with suppress(UserError):
            hint = tr("They are those of {name}.", name=recognise(tensors, changes).family.name)
    text = N_("These {n} tensors are not those of {family}: {why}.") if only else N_(
        "These {n} tensors are of no known model. Nearest is {family}: {why}.")  # fmt: skip
    said = tr(text, n=len(tensors), family=family.title, why=why)
    raise UserError(f"{said} {hint}".strip())


def _exchanged(known: Iterable[Family], tensors: Mapping[str, Tensor]) -> str:
    """A guess: the two halves under each other's names."""
    other = {"encoder": "decoder", "decoder": "encoder"}
    swapped = {}
    for name, tensor in tensors.items():
        part, dot, rest = name.partition(".")
        swapped[f"{other.get(part, part)}{dot}{rest}"] = tensor
    for family in known if swapped.keys() != tensors.keys() else ():
        with suppress(_Misfit, UserError):
            _fitted(family, swapped, {})
            return tr("Encoder and decoder seem to be exchanged.")
    return ""


def _fitted(
    family: Family, tensors: Mapping[str, Tensor], changes: Mapping[str, Any]
) -> Recognised:
    """The model as one of this family."""
    tensors = tensors if family.before is None else family.before(tensors)
    rules: dict[str, tuple[Rule, tuple[str, ...]]] = {}
    for name in tensors:
        for rule in family.rules:
            if found := re.fullmatch(rule.theirs, name):
                rules[name] = rule, tuple(found.expand(ours) for ours in rule.ours)
                break
    foreign = [name for name in tensors if name not in rules]
    share = len(rules) / len(tensors)
    if foreign:
        told = names.foreign(foreign)
        try:
            _mapped(family, tensors, rules, changes, share)
        except _Misfit as misfit:
            raise _Misfit(f"{misfit}; {told}", misfit.share) from None
        raise _Misfit(told, share)
    return _mapped(family, tensors, rules, changes, share)


def _mapped(
    family: Family, tensors: Mapping[str, Tensor],
    rules: Mapping[str, tuple[Rule, tuple[str, ...]]], changes: Mapping[str, Any], share: float,
) -> Recognised:  # fmt: skip
    """The model of the tensors that have a rule."""
    plain = {
        own: _rows(rule, tensors[name])
        for name, (rule, ours) in rules.items()
        if len(ours) == 1 or not rule.order
        for own in ours
    }
    config = _config(family, plain, changes, share)
    sizes = {"s_0": config.hidden, "s": config.hidden, "s̃": config.hidden, "h": config.encoder_size,
             "c": config.encoder_size, "x": config.target_size, "i": config.hidden}  # fmt: skip
    weights: dict[str, Tensor] = {}
    theirs: dict[str, str] = {}
    taken = []
    for name, (rule, ours) in rules.items():
        tensor, shape = tensors[name], tuple(tensors[name].shape)
        if not bool(torch.isfinite(tensor).all()):
            raise UserError(tr("{name} holds a number that is not finite.", name=label(name, 80)))
        if not ours:
            taken.append(Taken(name, shape, (), rule.why))
            continue
        parts = _columns(rule, _rows(rule, tensor), sizes, ours, name, share)
        for own, part in parts.items():
            if own in weights and not own.endswith("bias"):
                raise _Misfit(tr("two tensors would be its {name}", name=own), share)
            weights[own] = weights[own] + part if own in weights else part
            theirs[own] = name
        taken.append(Taken(name, shape, tuple(parts)))
    whole = _complete(family, config, weights, theirs, share)
    made = tuple(name for name in whole if name not in weights)
    return Recognised(family, config, whole, tuple(taken), made)


def _rows(rule: Rule, tensor: Tensor) -> Tensor:
    """A float32 copy with the rows of ours."""
    made = tensor.detach().to(torch.float32, copy=True)
    if rule.how == "transposed":
        made = made.T
    if rule.how == "row":
        made = made.reshape(1, -1)
    order = rule.gates.split()
    if order and made.shape[0] % len(order) == 0:
        blocks = dict(zip(order, made.chunk(len(order)), strict=True))
        made = torch.cat([blocks[gate] for gate in PYTORCH[len(order)]])
    return made.contiguous()


def _config(
    family: Family, plain: Mapping[str, Tensor], changes: Mapping[str, Any], share: float
) -> ModelConfig:
    """The shape that the tensors show, with the family's own fields."""
    needed = ("encoder.rnn.weight_hh_l0", "decoder.rnn.weight_hh_l0", "decoder.output.weight")
    if missing := [name for name in needed if name not in plain]:
        raise _Misfit(names.missing(family, missing), share / 2)
    for name, tensor in plain.items():
        if tensor.dim() != (2 if "weight" in name else 1) or not tensor.numel():
            text = N_("{name} is ({shape}), not a matrix") if "weight" in name else N_(
                "{name} is ({shape}), not a row of numbers")  # fmt: skip
            shown = names.theirs(family, name)
            raise _Misfit(tr(text, name=shown, shape=tuple(tensor.shape)), share)
    hh, way = plain["decoder.rnn.weight_hh_l0"], plain["encoder.rnn.weight_hh_l0"]
    hidden, gates = hh.shape[1], hh.shape[0] // max(hh.shape[1], 1)
    if gates not in CELLS or hh.shape[0] != gates * hidden:
        name = names.theirs(family, needed[1])
        told = tr("{name} is ({shape}), which no known cell has", name=name, shape=tuple(hh.shape))
        raise _Misfit(told, share)
    fields: dict[str, Any] = dict(family.model)
    two = "encoder.rnn.weight_hh_l0_reverse" in plain
    sums = fields.get("directions") == "sum"
    if not two:  # what is said of both ways
        fields.pop("directions", None)
        if fields.get("bridge_layer") in ("never", "first_states"):
            del fields["bridge_layer"]
    if CELLS[gates] != "lstm" and fields.get("bridge") != "nothing":
        fields.pop("bridge", None)
    if len(tops := _layers(plain)) == 1:
        fields.pop("bridge_from", None)
    size = way.shape[1] * (2 if two and not sums else 1)
    if "bridge.hidden.weight" in plain:
        fields.setdefault("bridge_layer", "always")
    for side in ("source", "target"):
        part = "encoder" if side == "source" else "decoder"
        table = plain.get(f"{part}.lookup.embedding.weight")
        if fields.get(f"{side}_input") == "one_hot":
            if f"{part}.rnn.weight_ih_l0" not in plain:
                raise _Misfit(names.missing(family, [f"{part}.rnn.weight_ih_l0"]), share / 2)
            fields[f"{side}_vocabulary"] = plain[f"{part}.rnn.weight_ih_l0"].shape[1]
        elif table is None:
            raise _Misfit(names.missing(family, [f"{part}.lookup.embedding.weight"]), share / 2)
        else:
            fields[f"{side}_vocabulary"], fields[f"{side}_embedding"] = table.shape
    if fields.get("attention") == "location" and "decoder.attention.place.weight" in plain:
        fields["attention_slots"] = plain["decoder.attention.place.weight"].shape[0]
    if family.name == "tutorial3" and fields.get("attention"):
        fields["attention_slots"] = family.sequence["max_source_length"] + 1
    try:
        config = ModelConfig(**{
            **fields, "cell": CELLS[gates], "layers": len(tops), "hidden": hidden,
            "bidirectional": two, "encoder_hidden": None if size == hidden else size, **changes,
        })  # fmt: skip
        check_parts(config)
    except UserError as error:
        raise _Misfit(str(error).rstrip("."), share) from None
    return config


def _layers(plain: Mapping[str, Tensor]) -> set[str]:
    """The layers that encoder and decoder have cells for."""
    return {name.partition(".")[2] for name in plain
            if re.fullmatch(r"(?:en|de)coder\.rnn\.weight_hh_l\d+", name)}  # fmt: skip


def _columns(
    rule: Rule, tensor: Tensor, sizes: Mapping[str, int], ours: tuple[str, ...], name: str,
    share: float,
) -> dict[str, Tensor]:  # fmt: skip
    """Our tensors of one of theirs: its blocks of columns in our order, or one tensor each."""
    blocks = rule.order.split()
    if not blocks or tensor.dim() < 2 or "encoder" in ours[0].split(".")[0]:
        return dict.fromkeys(ours, tensor)
    wanted = [sizes[block] for block in blocks]
    if sum(wanted) != tensor.shape[1]:
        told = " + ".join(f"{size} ({block})" for size, block in zip(wanted, blocks, strict=True))
        raise _Misfit(tr("{name} has {n} columns, not {wanted}", name=label(name, 60),
                         n=tensor.shape[1], wanted=told), share)  # fmt: skip
    parts = dict(zip(blocks, tensor.split(wanted, dim=1), strict=True))
    if len(ours) > 1:
        return {own: parts[block].contiguous() for own, block in zip(ours, blocks, strict=True)}
    return {ours[0]: torch.cat([parts[b] for b in sorted(blocks, key=_rank)], 1).contiguous()}


def _rank(block: str) -> int:
    return RANK.index(block) if block in RANK else len(RANK)


def _complete(
    family: Family, config: ModelConfig, weights: Mapping[str, Tensor], theirs: Mapping[str, str],
    share: float,
) -> dict[str, Tensor]:  # fmt: skip
    """All weights of the model; biases that the original lacks are 0."""
    wanted = {name: tuple(value.shape) for name, value in blank(config).state_dict().items()}
    said = {name for name in wanted if names.ruled(family, name)}
    missing = [n for n in wanted if n not in weights
               and (n in said or not n.split(".")[-1].startswith("bias"))]  # fmt: skip
    if missing:
        raise _Misfit(names.missing(family, missing), share * len(weights) / len(wanted))
    extra = [theirs[name] for name in weights if name not in wanted]
    if extra:
        raise _Misfit(names.foreign(extra), share)
    odd = [tr("{name} is ({shape}), not ({wanted})", name=label(theirs[name], 80),
              shape=tuple(value.shape), wanted=wanted[name])
           for name, value in weights.items() if tuple(value.shape) != wanted[name]]  # fmt: skip
    if odd:
        raise _Misfit(names.listed(odd, "; "), share)
    return {n: weights[n] if n in weights else torch.zeros(wanted[n]) for n in wanted}

"""model.safetensors: refused in one sentence where it cannot be used, else given to a model."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import torch
from safetensors.torch import load_file

from s2s.checkpoints.files import check_file, faults, unloadable
from s2s.config.limits import limits
from s2s.model.seq2seq import Seq2Seq
from s2s.text.language import later

WEIGHTS = "model.safetensors"
MOST_HEADER = 2_000_000  # bytes; some hundred tensors need ten thousand
LARGEST = 1e6
"""No weight of a model that learned anything comes near; products of smaller ones stay finite."""


def check(folder: Path, name: str) -> None:
    """Refuse a file that is no safetensors or ends early, naming both sizes; its numbers stay.

    The format: 8 bytes of header length, a JSON header with byte ranges, the numbers.

    Raises:
        UserError: what is wrong with it.
    """
    path = folder / WEIGHTS
    size = check_file(path, limits().weights_bytes, name)
    foreign = unloadable(name, later("{file} is not a safetensors file.", file=WEIGHTS))
    with faults(name), path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else -1
        if not 0 < length <= MOST_HEADER:
            raise foreign
        header = file.read(length)
    if len(header) < length:
        raise unloadable(name, later("{file} ends inside its header.", file=WEIGHTS))
    try:
        ends = [v["data_offsets"][1] for k, v in json.loads(header).items() if k[:2] != "__"]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise foreign from None
    if not all(type(end) is int and 0 <= end < 2**63 for end in ends):
        raise foreign
    needed = 8 + length + max(ends, default=0)
    if size < needed:
        raise unloadable(
            name,
            later("{file} ends early ({found:.1f} of {needed:.1f} MB).", file=WEIGHTS,
                  found=size / 1e6, needed=needed / 1e6),
        )  # fmt: skip


def read(folder: Path, name: str) -> dict[str, torch.Tensor]:
    """The tensors of a file, as they are stored; UserError where they cannot be read."""
    check(folder, name)
    try:
        return load_file(folder / WEIGHTS)
    except Exception as error:  # the library raises its own type for every kind of damage
        fault = str(error).rstrip(".")
        raise unloadable(name, f"{WEIGHTS}: {fault}.") from None


def fit(model: Seq2Seq, weights: dict[str, torch.Tensor], name: str) -> None:
    """Give a model its weights, as float32.

    Raises:
        UserError: for a name or shape that does not fit, and for a weight that is no number, is
            infinite or beyond `LARGEST`.
    """
    own = model.state_dict()
    if missing := _some(own.keys() - weights.keys()):
        raise unloadable(name, later("{shown} lacks {keys}.", shown=WEIGHTS, keys=missing))
    if unknown := _some(weights.keys() - own.keys()):
        raise unloadable(
            name, later("{shown} has the unknown {keys}.", shown=WEIGHTS, keys=unknown)
        )
    for key, tensor in weights.items():
        if tensor.shape != own[key].shape:
            raise unloadable(
                name,
                later("{key} has shape {found}, config.json asks for {wanted}.", key=key,
                      found=str(tuple(tensor.shape)), wanted=str(tuple(own[key].shape))),
            )  # fmt: skip
        if not tensor.is_floating_point():
            kind = str(tensor.dtype).removeprefix("torch.")
            raise unloadable(
                name, later("{key} holds {kind}; weights are floats.", key=key, kind=kind)
            )
    # Copies: views into the file's bytes are not aligned, which moves the last digits of a result.
    own = {key: tensor.to(torch.float32, copy=True) for key, tensor in weights.items()}
    for key, tensor in own.items():
        _check_numbers(key, tensor, name)
    model.load_state_dict(own, assign=True)


def _some(keys: set[str]) -> tuple[str, ...]:
    """The first three of many names."""
    return (*sorted(keys)[:3], *(["…"] if len(keys) > 3 else []))


def _check_numbers(key: str, tensor: torch.Tensor, name: str) -> None:
    low, high = (float(end) for end in tensor.aminmax()) if tensor.numel() else (0.0, 0.0)
    if -LARGEST <= low and high <= LARGEST:
        return
    bad = tensor[~(tensor.abs() <= LARGEST)]
    raise unloadable(
        name,
        later("{file}: {n:,} of the {of:,} numbers of {key} cannot be weights, for example "
              "{bad:g}.", file=WEIGHTS, n=len(bad), of=tensor.numel(), key=key, bad=float(bad[0])),
    )  # fmt: skip

"""Files of other people's models to plain names and tensors: what training loops save, unwrapped.

Nothing in a file is run: ``.pt`` is read by ``weights_only=True``, ``.safetensors`` and ``.npz``
hold numbers, a pickle goes through an unpickler that makes arrays and plain containers only, and of
a Keras file the arrays are read and its program is compared as text.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from s2s.checkpoints.importers import keras_files, pickles, pt_files
from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.text import file_label, label
from s2s.text.language import Later, later
from s2s.text.system_words import reason

WRAPPERS = ("state_dict", "model_state_dict", "model_state", "model", "net", "network", "params")
"""Keys under which training loops keep a whole model."""
PARTS = {
    "encoder": "encoder", "enc": "encoder", "en": "encoder", "encoder_state_dict": "encoder",
    "encoder_state": "encoder", "decoder": "decoder", "dec": "decoder", "de": "decoder",
    "decoder_state_dict": "decoder", "decoder_state": "decoder", "generator": "generator",
}  # fmt: skip
"""Keys under which they keep one of its parts, and that part's name."""
PREFIXES = ("module.", "_orig_mod.", "model.", "seq2seq.", "net.")
"""What wrappers put before every name; any other one is known by the parts' names after it."""
KERAS = (".keras", ".h5", ".hdf5")
DEEPEST = 4
MOST_NAMED = 8


@dataclass(frozen=True, eq=False)
class Held:
    """What the files of one model hold.

    Attributes:
        tensors: name to a tensor of real numbers; names begin with their part where there is one.
        ignored: what was left out, each with why.
        words: what lies in the file beside the tensors and may be a word list, by its key.
    """

    tensors: Mapping[str, Tensor]
    ignored: tuple[Later, ...]
    words: Mapping[str, Any]


def read(paths: Sequence[str], parts: Sequence[str] = (), most: int = 0) -> Held:
    """One file with a whole model, or an encoder's and a decoder's.

    Args:
        paths: one or two.
        parts: which part each of two is; without them their names must tell.
        most: bytes that are read of a file, unpacked too; 0 for the limit of a model's weights.

    Raises:
        UserError: for a file that cannot be read, runs code, or holds no tensors.
    """
    if not 1 <= len(paths) <= 2:
        raise UserError(
            later("Name one file with the whole model, or its encoder's and its decoder's.")
        )
    tensors: dict[str, Tensor] = {}
    ignored: list[Later] = []
    words: dict[str, Any] = {}
    parts = parts or ([""] if len(paths) == 1 else _sides(paths))
    for path, part in zip(paths, parts, strict=True):
        held = _load(path, most or limits().weights_bytes, ignored)
        found = dict(_walk(held, part, 0, ignored, words))
        tensors |= _without_prefixes(found, part)
    if not tensors:
        raise UserError(_nothing(file_label(paths[0]), ignored))
    return Held(tensors, tuple(ignored), words)


def _nothing(name: str, ignored: Sequence[Later]) -> Later:
    """That a file has no tensors, with what it has instead."""
    if not ignored:
        return later("{name} holds no tensors of real numbers.", name=name)
    return later(
        "{name} holds no tensors of real numbers. Left out: {what:; }.",
        name=name,
        what=tuple(ignored[:MOST_NAMED]),
    )


def _sides(paths: Sequence[str]) -> list[str]:
    """Which of two files is the encoder's, by their names."""
    names = [Path(path).name.lower() for path in paths]
    for first, second in (("enc", "dec"), ("dec", "enc")):
        if first in names[0] and second in names[1]:
            return ["encoder" if side == "enc" else "decoder" for side in (first, second)]
    raise UserError(
        later(
            "Which of {a} and {b} is the encoder? Name them encoder… and decoder….",
            a=label(names[0], 60),
            b=label(names[1], 60),
        )
    )


def _load(path: str, most: int, ignored: list[Later]) -> Any:
    """What a file holds: a mapping or a list of tensors or arrays; what it leaves unsaid."""
    name = file_label(path)
    try:
        size = Path(path).stat().st_size
    except (OSError, ValueError) as error:
        raise UserError(
            later("{path} cannot be read: {reason}.", path=label(path, 200), reason=reason(error))
        ) from None
    if size > most:
        raise UserError(
            later(
                "{name} has {n:,} bytes; at most {most:,} are read.", name=name, n=size, most=most
            )
        )
    _check_archive(path, most)
    ending = Path(path).suffix.lower()
    if ending == ".safetensors":
        try:
            return load_file(path)
        except (SafetensorError, OSError, ValueError):
            told = later("{name} is no safetensors file, or it is damaged.", name=name)
            raise UserError(told) from None
    if ending == ".npz":
        return _npz(path)
    if ending in KERAS:
        arrays, unsaid = keras_files.load(path, most)
        ignored += unsaid
        return arrays
    if ending in (".pkl", ".pickle"):
        return pickles.load(path)
    return pt_files.load(path)


def _check_archive(path: str, most: int) -> None:
    """Refuse an archive, as ``.pt`` and ``.npz`` are, that unpacks to more than may be read."""
    if not zipfile.is_zipfile(path):
        return
    name = file_label(path)
    try:
        with zipfile.ZipFile(path) as archive:
            whole = sum(item.file_size for item in archive.infolist())
    except (OSError, ValueError, zipfile.BadZipFile):
        raise UserError(later("{name} is a damaged archive.", name=name)) from None
    if whole > most:
        raise UserError(
            later(
                "{name} unpacks to {n:,} bytes; at most {most:,} are read.",
                name=name,
                n=whole,
                most=most,
            )
        )


def _npz(path: str) -> dict[str, np.ndarray]:
    """The arrays of a NumPy archive."""
    try:
        with np.load(path, allow_pickle=False) as held:
            return {name: held[name] for name in held.files}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError, KeyError, TypeError):
        raise UserError(
            later("{name} is no archive of NumPy arrays, or it is damaged.", name=file_label(path))
        ) from None


def _walk(
    held: Any, prefix: str, depth: int, ignored: list[Later], words: dict[str, Any]
) -> Iterator[tuple[str, Tensor]]:
    """Names and tensors, wrappers taken off."""
    if isinstance(held, list | tuple):
        held = {str(place): value for place, value in enumerate(held)}
    if not isinstance(held, Mapping):
        raise UserError(
            later("The file holds no tensors, but {kind}.", kind=label(type(held).__name__, 40))
        )
    whole = _whole(held)
    for key, value in held.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        shown = label(name, 60)
        value = torch.from_numpy(value.copy()) if _numbers(value) else value
        if isinstance(value, Tensor):
            if value.layout != torch.strided or not value.is_floating_point():
                ignored.append(later("{name}: no plain tensor of real numbers", name=shown))
                continue
            held_bytes = value.numel() * value.element_size()
            if value.device.type != "cpu" or value.untyped_storage().nbytes() < held_bytes:
                raise UserError(later("{name} has fewer numbers than its shape says.", name=shown))
            yield name, value
        elif whole is not None and key == whole:
            yield from _walk(value, prefix, depth, ignored, words)
        elif isinstance(value, Mapping) and str(key) in PARTS and depth < DEEPEST and not prefix:
            yield from _walk(value, PARTS[str(key)], depth + 1, ignored, words)
        else:
            if isinstance(value, Mapping | list):
                words[str(key)] = value
            ignored.append(later("{name}: no part of the model", name=shown))


def _whole(held: Mapping[Any, Any]) -> Any:
    """The key of the one state dict that a training loop put beside other things; None without."""
    for key in WRAPPERS:
        if isinstance(held.get(key), Mapping | list | tuple):
            return key
    if any(isinstance(value, Tensor | np.ndarray) or str(key) in PARTS
           for key, value in held.items()):  # fmt: skip
        return None
    inside = [
        key for key, value in held.items()
        if isinstance(value, Mapping) and any(isinstance(v, Tensor) for v in value.values())
    ]  # fmt: skip
    return inside[0] if len(inside) == 1 else None


def _numbers(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _without_prefixes(tensors: dict[str, Tensor], part: str) -> dict[str, Tensor]:
    """Names without what wrappers put before all of them, in the long names of their parts."""
    wrapped = tensors
    while len(firsts := {name.partition(".")[0] for name in wrapped}) == 1:
        (first,) = firsts
        if first in PARTS or not all(name.startswith(f"{first}.") for name in wrapped):
            break
        wrapped = {name.partition(".")[2]: value for name, value in wrapped.items()}
        if f"{first}." in PREFIXES or {name.partition(".")[0] for name in wrapped} <= PARTS.keys():
            tensors = wrapped
    found = {}
    for name, value in tensors.items():
        first, dot, rest = name.partition(".")
        inner = re.sub(r"^(?:(?:module|_orig_mod)\.)+", "", rest)
        long = PARTS.get(first) if dot and first in ("enc", "dec", "en", "de") else first
        name = f"{long}{dot}{inner}"
        if part and name.startswith(f"{part}.{part}."):  # a file of its own that says so again
            name = name.removeprefix(f"{part}.")
        if name in found:
            raise UserError(
                later("The file holds {name} under two names; leave one out.", name=label(name, 60))
            )
        found[name] = value
    return found

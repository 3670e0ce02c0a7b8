"""replay.safetensors: the watched sentences epoch by epoch, as float16.

Gradients span many powers of ten, so their decimal logarithm is stored (-inf for 0): within 1 % of
what was measured from 1e-8 to 1e8.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from s2s.checkpoints import files
from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.results import Array
from s2s.results.replay import Moment, Replay
from s2s.text.language import later

REPLAY = "replay.safetensors"
GRADIENTS = ("encoder", "decoder")
PER_EPOCH = ("initial_state",)
ARRAYS = (
    "attention", *GRADIENTS, "probabilities", "encoder_states", "decoder_states", *PER_EPOCH,
)  # fmt: skip


def write(path: Path, replays: Sequence[Replay]) -> None:
    """Write sentences with all their moments; nothing where there are none."""
    if not replays:
        return
    tensors: dict[str, Array] = {}
    told = []
    for place, one in enumerate(replays):
        for name in ARRAYS:
            values = [getattr(moment, name) for moment in one.moments]
            if values[0] is None:
                continue
            flat = np.concatenate([np.ravel(value) for value in values]).astype(np.float64)
            if name in GRADIENTS:
                with np.errstate(divide="ignore"):
                    flat = np.log10(flat)
            tensors[f"{place}.{name}"] = flat.astype(np.float16)
        told.append({
            "source": one.source, "reference": one.reference, "tokens": one.tokens,
            "epochs": one.epochs, "outputs": [moment.output for moment in one.moments],
        })  # fmt: skip
    with files.written(path):
        save_file(tensors, path, metadata={"sentences": json.dumps(told, ensure_ascii=False)})


def read(path: str | Path) -> tuple[Replay, ...]:
    """What a file holds; nothing where there is none.

    Raises:
        UserError: when it is damaged or too large.
    """
    path = Path(path)
    if not path.exists():
        return ()
    files.check_file(path, limits().table_bytes, path.parent.name)
    try:
        with safe_open(path, "np") as file:
            told = json.loads(file.metadata()["sentences"])
            return tuple(_sentence(file, place, one) for place, one in enumerate(told))
    except Exception:
        raise UserError(
            later("{file} is damaged: it is not what training writes.", file=path)
        ) from None


def _sentence(file: Any, place: int, told: dict[str, Any]) -> Replay:
    outputs = [tuple(map(str, output)) for output in told["outputs"]]
    source, steps = len(told["tokens"]), [len(output) for output in outputs]
    names = set(file.keys())
    flat: dict[str, Array] = {}
    for name in ARRAYS:
        key = f"{place}.{name}"
        if key not in names and name == "attention":
            continue
        values = file.get_tensor(key).astype(np.float64)
        flat[name] = 10.0**values if name in GRADIENTS else values
    hidden = len(flat["initial_state"]) // len(outputs)  # of the decoder
    memory = len(flat["encoder_states"]) // (len(outputs) * source)
    shapes: dict[str, list[tuple[int, ...]]] = {
        "attention": [(n, source) for n in steps],
        "encoder": [(n, source) for n in steps],
        "decoder": [(n, n) for n in steps],
        "probabilities": [(n,) for n in steps],
        "encoder_states": [(source, memory) for _ in steps],
        "decoder_states": [(n, hidden) for n in steps],
        "initial_state": [(hidden,) for _ in steps],
    }
    cut: dict[str, list[Any]] = {"attention": [None] * len(steps)}
    for name, values in flat.items():
        sizes = [int(np.prod(shape)) for shape in shapes[name]]
        if sum(sizes) != len(values):
            raise ValueError(name)
        pieces = np.split(values, np.cumsum(sizes)[:-1])
        cut[name] = [
            piece.reshape(shape) for piece, shape in zip(pieces, shapes[name], strict=True)
        ]
    moments = tuple(
        Moment(epoch=int(epoch), output=output, **{name: cut[name][i] for name in ARRAYS})
        for i, (epoch, output) in enumerate(zip(told["epochs"], outputs, strict=True))
    )
    return Replay(
        str(told["source"]), str(told["reference"]), tuple(map(str, told["tokens"])), moments
    )

"""Keras files, ``.h5`` and ``.keras``: names and numbers of layers that are known.

The program of layers in them is read as text and held against those that are known; nothing of it
is run. Links to other files, numbers that are not there and sizes beyond the limit are refused
before anything is read, and all of it is done by a process that may be ended.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from s2s.checkpoints.importers import keras_layers
from s2s.checkpoints.importers.keras_layers import Found
from s2s.errors import UserError
from s2s.text import file_label, label
from s2s.text.language import N_, Later, later

FILTERS = (1, 2, 3)
"""How numbers may be packed: deflate, shuffle, fletcher32."""
CPU_SECONDS, LONGEST_WAIT, HEADROOM = 10, 120, 3 << 30
"""What the reading process may take: seconds of work, seconds in all, bytes beside the numbers."""
MOST_CONFIG, MOST_OBJECTS, DEEPEST = 4_000_000, 10_000, 12
ROOTS = ("layers", "_layer_checkpoint_dependencies")
"""Where Keras 3 keeps its layers, and where its first versions did."""
DAMAGED = N_("is no Keras file, or it is damaged.")


def load(path: str, most: int) -> tuple[dict[str, np.ndarray], list[Later]]:
    """Arrays by layer and slot, ``lstm.kernel``, and what is left unsaid.

    They are read by a process of its own: the library for these files can be led in circles, or
    brought down, by a file that is made for it, and neither may happen to a server.

    Args:
        path: of the file, whose ending says its kind.
        most: bytes of numbers that may be read.

    Raises:
        UserError: for a file that is damaged, hostile, or of layers that are not known.
    """
    name, found = file_label(path), importlib.util.find_spec("s2s")
    assert found is not None and found.origin is not None
    here = str(Path(found.origin).parents[1])
    try:
        told = subprocess.run(
            [sys.executable, "-m", __name__, path, str(most)], capture_output=True,
            env={**os.environ, "PYTHONPATH": here}, timeout=LONGEST_WAIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise UserError(
            later("{name} cannot be read in {n} seconds.", name=name, n=LONGEST_WAIT)
        ) from None
    head, _, arrays = told.stdout.partition(b"\n")
    if told.returncode or not head:
        raise UserError(later("{name} {why}", name=name, why=later(DAMAGED)))
    said = json.loads(head)
    if said["error"]:
        text, values = said["error"]
        raise UserError(later("{name} {why}", name=name, why=later(text, **values)))
    unsaid = [later(text) for text in said["unsaid"]]
    with np.load(io.BytesIO(arrays), allow_pickle=False) as held:
        return {name: held[f"arr_{n}"] for n, name in enumerate(said["names"])}, unsaid


def main(path: str, most: int) -> None:
    """The process: prints a line of JSON and, where all is well, the arrays behind it."""
    with suppress(ImportError):  # not every system knows such limits
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        room = 2 * most + HEADROOM
        resource.setrlimit(resource.RLIMIT_AS, (room, room))
    arrays, unsaid = dict[str, np.ndarray](), list[str]()
    error: tuple[str, dict[str, object]] | None = None
    try:
        arrays, unsaid = _read(path, most)
    except UserError as found:
        error = found.args[0].text, dict(found.args[0].values)
    out = io.BytesIO()
    np.savez(out, *arrays.values())
    head = {"error": error, "names": list(arrays), "unsaid": unsaid}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + out.getvalue())


def _read(path: str, most: int) -> tuple[dict[str, np.ndarray], list[str]]:
    """As `load`, in this very process; what is wrong is said of the file, which is not named."""
    try:
        import h5py
    except ImportError:
        raise UserError(later("needs h5py: pip install h5py.")) from None
    try:
        if path.lower().endswith(".keras"):
            config, weights = _archive(path, most)
            with h5py.File(io.BytesIO(weights), "r") as file:
                return keras_layers.named(_new(h5py, file, most), keras_layers.layers(config), True)
        with h5py.File(path, "r") as file:
            config = _text(h5py, file, "model_config")
            counted = any(_has(h5py, file, root) for root in ROOTS)
            found = (_new if counted else _old)(h5py, file, most)
            program = keras_layers.layers(config) if config else None
            return keras_layers.named(found, program, counted)
    except UserError:
        raise
    except Exception:  # a type of its own for every kind of damage
        raise UserError(later(DAMAGED)) from None


def _archive(path: str, most: int) -> tuple[str, bytes]:
    """The two members of a ``.keras`` that are read; no other is looked at."""
    with zipfile.ZipFile(path) as archive:
        held = []
        for name, limit in (("config.json", MOST_CONFIG), ("model.weights.h5", most)):
            if name not in archive.namelist():
                raise UserError(later("lacks {part}, which a .keras has.", part=name))
            if archive.getinfo(name).file_size > limit:
                raise UserError(
                    later("has a {part} of more than {most:,} bytes.", part=name, most=limit)
                )
            held.append(archive.read(name))
    return held[0].decode("utf-8"), held[1]


def _text(h5py: Any, group: Any, name: str) -> str:
    """An attribute of text; empty where there is none."""
    found = _attribute(h5py, group, name)
    if found is None:
        return ""
    text = found.decode("utf-8") if isinstance(found, bytes) else found
    if not isinstance(text, str) or len(text) > MOST_CONFIG:
        raise UserError(later("has no text as its {part}.", part=name))
    return text


def _attribute(h5py: Any, group: Any, name: str) -> Any:
    """An attribute's value, of few words; None where there is none."""
    if name not in group.attrs:
        return None
    held = h5py.h5a.open(group.id, name.encode())
    count = held.get_space().get_simple_extent_npoints()
    if count > MOST_OBJECTS or count * held.dtype.itemsize > MOST_CONFIG:
        raise UserError(later("has a {part} of more than can be read.", part=name))
    return group.attrs[name]


def _names(h5py: Any, group: Any, name: str) -> list[str]:
    """A list of names, which Keras cuts into parts where it is long."""
    parts, found = [name, *(f"{name}{part}" for part in range(MOST_OBJECTS))], list[str]()
    for part in parts:
        held = _attribute(h5py, group, part)
        if held is None and part != name:
            break
        for one in () if held is None else np.asarray(held).ravel().tolist():
            found.append(one.decode("utf-8") if isinstance(one, bytes) else str(one))
    return found


def _inside(h5py: Any, group: Any, path: str) -> Any:
    """What lies at a path, if every step of it lies in this very file."""
    for name in path.split("/"):
        link = group.get(name, getlink=True) if isinstance(group, h5py.Group) else None
        if link is None:
            raise UserError(later("lacks {part}, which it names.", part=label(path, 80)))
        if not isinstance(link, h5py.HardLink):
            raise UserError(
                later(
                    "has a link at {part}; a model's numbers lie in its file.",
                    part=label(path, 80),
                )
            )
        group = group[name]
    return group


def _has(h5py: Any, group: Any, name: str) -> bool:
    """Whether something of that name lies in this very file; no link is followed."""
    return isinstance(group.get(name, getlink=True), h5py.HardLink)


class _Numbers:
    """Reads arrays while they are few enough."""

    def __init__(self, h5py: Any, most: int):
        self.h5py, self.left, self.most = h5py, most, most

    def read(self, held: Any, name: str) -> np.ndarray | None:
        """An array of real numbers; None for whole ones, as seeds are."""
        shown = label(name, 80)
        if held.dtype.kind in "iub":
            return None
        if held.dtype.kind != "f" or held.dtype.hasobject:
            raise UserError(later("has no real numbers at {part}.", part=shown))
        size = int(np.prod(held.shape, dtype=object)) * held.dtype.itemsize
        if size > self.left:
            raise UserError(
                later(
                    "has more than {most:,} bytes of numbers, at {part}.",
                    most=self.most,
                    part=shown,
                )
            )
        plist = held.id.get_create_plist()
        kinds = [plist.get_filter(i)[0] for i in range(plist.get_nfilters())]
        if held.is_virtual or held.external or not set(kinds) <= set(FILTERS):
            raise UserError(
                later("keeps {part} elsewhere, or packed in an unknown way.", part=shown)
            )
        if not kinds and held.id.get_storage_size() < size:
            raise UserError(later("has fewer numbers at {part} than its shape says.", part=shown))
        self.left -= size
        return np.asarray(held[()])


def _new(h5py: Any, file: Any, most: int) -> Found:
    """Keras 3: ``layers/lstm/cell/vars/0``."""
    numbers, found = _Numbers(h5py, most), Found()
    root = next((one for one in ROOTS if _has(h5py, file, one)), None)
    if root is None:
        raise UserError(later("holds no layers."))
    for path, held in _walk(h5py, _inside(h5py, file, root)):
        parts = [part for part in path.split("/") if part not in ("cell", "vars")]
        array = numbers.read(held, f"{root}/{path}")
        if array is not None and len(parts) > 1:
            layer = parts[0].replace("\\", "/")
            found.setdefault(layer, {})[".".join(parts[1:])] = array
    return found


def _walk(h5py: Any, root: Any) -> Iterator[tuple[str, Any]]:
    """Every array under a group."""
    waiting, seen = [("", root)], 0
    while waiting:
        path, group = waiting.pop()
        for name in sorted(group):
            seen += 1
            if seen > MOST_OBJECTS or path.count("/") > DEEPEST:
                raise UserError(later("holds more groups than a model has."))
            held, whole = _inside(h5py, group, name), f"{path}/{name}".lstrip("/")
            if isinstance(held, h5py.Group):
                waiting.append((whole, held))
            elif isinstance(held, h5py.Dataset):
                yield whole, held


def _old(h5py: Any, file: Any, most: int) -> Found:
    """Before Keras 3: groups named by layers, whose arrays are listed in order."""
    numbers, found = _Numbers(h5py, most), Found()
    root = file
    if _has(h5py, file, "model_weights"):
        root = _inside(h5py, file, "model_weights")
    names = _names(h5py, root, "layer_names")
    if not names or len(names) > MOST_OBJECTS:
        raise UserError(later("is no Keras file: it names no layers."))
    for layer in names:
        group = _inside(h5py, root, layer)
        for place, name in enumerate(_names(h5py, group, "weight_names")):
            array = numbers.read(_inside(h5py, group, name), f"{layer}/{name}")
            if array is not None:
                found.setdefault(layer, {})[str(place)] = array
    return found


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

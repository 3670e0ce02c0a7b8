"""The only reader of pickles: NumPy arrays and plain containers, never code."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from s2s.errors import UserError
from s2s.text import file_label, label
from s2s.text.language import later

ARRAYS = {
    ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"), ("numpy", "dtype"), ("collections", "OrderedDict"),
    ("_codecs", "encode"),
}  # fmt: skip
"""All that a pickle may name."""


def load(path: str) -> Any:
    """What a pickle holds; UserError for program code and for damage."""
    try:
        with Path(path).open("rb") as file:
            return _Arrays(file).load()
    except UserError as error:
        raise UserError(later("{name} {why}", name=file_label(path), why=error.args[0])) from None
    except Exception:  # a type of its own for every kind of damage
        raise UserError(
            later("{name} is no pickle of arrays, or it is damaged.", name=file_label(path))
        ) from None


class _Arrays(pickle.Unpickler):
    """An unpickler that makes NumPy arrays and plain containers, and names everything else."""

    def find_class(self, module: str, name: str) -> Any:
        """The few makers of arrays; UserError for any other."""
        if (module, name) not in ARRAYS:
            raise UserError(
                later(
                    "asks for {what}, which is program code and is never run here; save the "
                    "arrays or the state dict alone.",
                    what=label(f"{module}.{name}", 60),
                )
            )
        if name == "_reconstruct":
            return _empty_array
        return {"ndarray": _Kind, "dtype": np.dtype, "OrderedDict": OrderedDict,
                "encode": _latin1}[name]  # fmt: skip


class _Kind:
    """What stands for the kind of an array: it is named, and makes none by itself."""


def _empty_array(kind: Any, shape: Any, code: Any) -> np.ndarray:
    """What a pickled array is made of before its numbers are put in: nothing yet."""
    return np.ndarray.__new__(np.ndarray, (0,), "b")


def _latin1(text: str, encoding: str) -> bytes:
    """How protocol 2 writes bytes."""
    return text.encode("latin1")

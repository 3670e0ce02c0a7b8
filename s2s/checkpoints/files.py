"""The one reading of a model's files: plain files of a bounded size, each fault in one sentence.

A model folder can hold anything: a link to a device without end, a file of a gigabyte, a number
without bound. Whatever goes wrong is that model's problem and nobody else's.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from s2s.errors import UserError
from s2s.text import label


@contextmanager
def faults(name: str) -> Iterator[None]:
    """Turn whatever is raised inside into a `UserError` that names the model."""
    try:
        yield
    except UserError:
        raise
    except OSError as error:
        what = Path(error.filename).name if isinstance(error.filename, str) else "a file"
        raise UserError(
            f"{name} could not be loaded: {label(what, 60)}: {error.strerror or error}."
        ) from error
    except MemoryError as error:
        raise UserError(f"{name} could not be loaded: it asks for too much memory.") from error
    except Exception as error:
        told = label(" ".join(str(error).split())[:200]).replace("␣", " ").rstrip(".")
        raise UserError(f"{name} could not be loaded: {type(error).__name__}: {told}.") from error


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Leave no half of a file that could not be written; what went wrong is an `OSError`.

    safetensors raises a type of its own for a full disk.
    """
    try:
        yield
    except (OSError, SafetensorError) as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise
        raise OSError(" ".join(str(error).split())) from error


def check_file(path: Path, most: int, name: str) -> int:
    """The size in bytes of a plain file, reached by links or not.

    Raises:
        UserError: when it is missing, no plain file, or larger than `most`.
    """
    with faults(name):
        try:
            found = os.stat(path)
        except FileNotFoundError:
            raise UserError(f"{name} could not be loaded: {path.name} is missing.") from None
        if not stat.S_ISREG(found.st_mode):
            raise UserError(f"{name} could not be loaded: {path.name} is not a plain file.")
        if found.st_size > most:
            raise UserError(
                f"{name} could not be loaded: {path.name} has {found.st_size:,} bytes; "
                f"at most {most:,} are read."
            )
    return found.st_size


def read_text(path: Path, most: int, name: str) -> str:
    """A plain UTF-8 file of at most `most` bytes.

    Raises:
        UserError: as `check_file`, and when it cannot be read or is no UTF-8.
    """
    check_file(path, most, name)
    try:
        with faults(name), path.open("rb") as file:
            return file.read(most).decode("utf-8")
    except UserError as error:
        if not isinstance(error.__cause__, UnicodeDecodeError):
            raise
        raise UserError(f"{name} could not be loaded: {path.name} is not UTF-8.") from None


def read_json(path: Path, most: int, name: str) -> Any:
    """A JSON file likewise.

    Raises:
        UserError: as `read_text`, and when it is no JSON.
    """
    text = read_text(path, most, name)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # a bad character, a number or depth too large
        line = getattr(error, "lineno", 1)
        raise UserError(
            f"{name} could not be loaded: {path.name} is not JSON (line {line})."
        ) from None

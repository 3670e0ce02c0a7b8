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
from s2s.text.language import Later, later
from s2s.text.system_words import reason


def unloadable(name: str, why: Later | str) -> UserError:
    """The refusal of a model; said when it is read, so it may be kept for every visitor."""
    return UserError(later("{name} could not be loaded: {why}", name=name, why=why))


@contextmanager
def faults(name: str) -> Iterator[None]:
    """Turn whatever is raised inside into a `UserError` that names the model."""
    try:
        yield
    except UserError:
        raise
    except OSError as error:
        given = error.filename
        what = label(Path(given).name, 60) if isinstance(given, str) else later("a file")
        why = later("{where}: {why}.", where=what, why=reason(error))
        raise unloadable(name, why) from error
    except MemoryError as error:
        raise unloadable(name, later("it asks for too much memory.")) from error
    except Exception as error:
        told = label(" ".join(str(error).split())[:200]).replace("␣", " ").rstrip(".")
        raise unloadable(name, f"{type(error).__name__}: {told}.") from error


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
            raise unloadable(name, later("{file} is missing.", file=path.name)) from None
        if not stat.S_ISREG(found.st_mode):
            raise unloadable(name, later("{file} is not a plain file.", file=path.name))
        if found.st_size > most:
            raise unloadable(
                name,
                later("{name} has {n:,} bytes; at most {most:,} are read.", name=path.name,
                      n=found.st_size, most=most),
            )  # fmt: skip
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
        raise unloadable(name, later("{shown} is not UTF-8 text.", shown=path.name)) from None


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
        raise unloadable(
            name, later("{shown} is not JSON (line {n}).", shown=path.name, n=line)
        ) from None

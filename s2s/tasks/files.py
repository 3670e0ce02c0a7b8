"""Two-column files, plain or gzip, as pairs."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

from s2s.errors import UserError
from s2s.tasks.split import Pair


def read_bytes(path: str) -> bytes:
    """A file's bytes, unpacked if gzip; a missing or damaged file is named."""
    try:
        data = Path(path).read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UserError(f"{path} is a damaged gzip file; fetch it again.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None


def sha256(path: str) -> str:
    """SHA-256 of the file as it lies on disk."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None


def read_pairs(path: str, columns: str) -> Iterator[Pair]:
    """(source, target) of every line; columns after the second are ignored.

    Raises:
        UserError: naming the first line that is no pair, or a file that is not UTF-8.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 (byte {error.start}); convert it first.") from None
    flip = columns == "target,source"
    found = False
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) < 2 or not cells[0].strip() or not cells[1].strip():
            raise UserError(f"{path}, line {number}: two texts with a tab between are needed.")
        found = True
        yield (cells[1], cells[0]) if flip else (cells[0], cells[1])
    if not found:
        raise UserError(f"{path} holds no pairs.")

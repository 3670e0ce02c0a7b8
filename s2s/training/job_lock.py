"""A lock that a process is born with: it is held from before its first instruction to its end.

The system's `flock` belongs to an open file, which a child inherits; so there is no time at which a
job has been started and cannot be seen to run, and none at which a dead one seems alive.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from s2s.text.language import Later, later

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

NAME = ".job"


def missing() -> str | Later:
    """Why there is no such lock on this system; empty if there is."""
    if fcntl:
        return ""
    return later("Training in the page needs Linux or macOS; the command line trains.")


@contextmanager
def taken(folder: Path) -> Iterator[int]:
    """Hold a folder's lock in this block; who inherits the file's number holds it on.

    Raises:
        OSError: when another process holds it.
    """
    handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(handle)
        yield handle
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    """Take it, past those who only look: each holds a share of it for a moment."""
    for attempt in range(100):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if attempt == 99:
                raise
            time.sleep(0.01)


def held(folder: Path) -> bool:
    """Whether a process holds it."""
    if not fcntl:
        return False
    with suppress(FileNotFoundError):
        handle = os.open(folder / NAME, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
    return False

"""Jobs for the line of heavy work; the other process finds them in this folder."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from s2s.errors import UserError

Told = Callable[[float, str], None]


def write(file: str, text: str, told: Told) -> str:
    """Add a line to a file, so that it can be seen how often it ran."""
    told(0.5, "half")
    with Path(file).open("a") as out:
        out.write(text + "\n")
    return text


def hold(file: str, told: Told) -> None:
    """One step that takes an hour."""
    told(0.1, "an hour")
    draft = Path(f"{file}.draft")
    draft.write_text(str(os.getpid()))
    os.replace(draft, file)  # who waits for the file finds all of it
    time.sleep(3600)


def refuse(told: Told) -> NoReturn:
    """It cannot be done."""
    raise UserError("This cannot be done.")


def fail(told: Told) -> NoReturn:
    """A defect."""
    raise ZeroDivisionError("a defect")


def die(told: Told) -> NoReturn:
    """As if the system took the memory back."""
    os._exit(9)


def nice(told: Told) -> int:
    """The priority it runs with."""
    print("This must not get between the words.", flush=True)
    return os.nice(0) if hasattr(os, "nice") else 0

"""What the commands print."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from s2s.results.comparison import Refused

SHOWN = 5


def one_line(message: object) -> str:
    """A message without line ends: a name that was typed may hold some."""
    return " ".join(str(message).splitlines())


def say_read(notes: Sequence[object], refused: Sequence[Refused]) -> None:
    """How a file was read, on stderr: what was noticed, the first lines left out and why."""
    for note in notes:
        print(one_line(note), file=sys.stderr)
    for line in refused[:SHOWN]:
        print(f"Line {line.line} was left out: {one_line(line.reason)}", file=sys.stderr)
    if len(refused) > SHOWN:
        print(f"{len(refused) - SHOWN:,} more were left out.", file=sys.stderr)

"""What the commands print."""

from __future__ import annotations


def one_line(message: str) -> str:
    """A message without line ends: a name that was typed may hold some."""
    return " ".join(message.splitlines())

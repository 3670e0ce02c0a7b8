"""A configuration as options of a command: what a card says to type."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

HIDDEN = {"source_vocabulary", "target_vocabulary", "origin", "sha256"}
"""Fields that are filled in from the data, or by options of their own."""


def flag(prefix: str, name: str) -> str:
    """``--hidden``, or ``--data-seed`` for a field that another configuration has too."""
    return f"--{prefix}{name.replace('_', '-')}"


def as_flags(config: Any, default: Any, prefix: str = "") -> list[str]:
    """The options that turn `default` into `config`."""
    words = []
    for item in fields(config):
        value = getattr(config, item.name)
        if item.name in HIDDEN or value == getattr(default, item.name):
            continue
        name = flag(prefix, item.name)
        if item.type == "bool":
            words.append(name if value else name.replace("--", "--no-", 1))
        else:
            words += [name, "none" if value is None else str(value)]
    return words

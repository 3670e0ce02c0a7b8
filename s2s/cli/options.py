"""Command-line options made from the configuration dataclasses: one help text for all."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from s2s.config.flags import HIDDEN, flag
from s2s.errors import UserError

T = TypeVar("T")


def _read(kind: str, text: str) -> Any:
    if "None" in kind and text == "none":
        return None
    if "int" in kind:
        return int(text)
    return float(text) if "float" in kind else text


def add_fields(
    parser: argparse.ArgumentParser,
    kind: type,
    prefix: str = "",
    known: Mapping[str, Iterable[str]] | None = None,
) -> None:
    """An option per field; none has a default, so that a task's own defaults stand.

    Args:
        parser: the command's.
        kind: the configuration.
        prefix: before each option's name.
        known: the choices of fields that do not know their own.
    """
    group = parser.add_argument_group(kind.__name__.removesuffix("Config").lower())
    for item in fields(kind):
        if item.name in HIDDEN:
            continue
        name = flag(prefix, item.name)
        text = item.metadata["help"]
        target = prefix.replace("-", "_") + item.name
        if item.type == "bool":
            group.add_argument(
                name, action=argparse.BooleanOptionalAction, default=argparse.SUPPRESS,
                help=text, dest=target,
            )  # fmt: skip
            continue
        choices = item.metadata["choices"] or (known or {}).get(item.name)
        group.add_argument(
            name,
            default=argparse.SUPPRESS,
            help=f"{text} ({', '.join(choices)})" if choices else text,
            metavar=name.rsplit("-", 1)[-1].upper(),
            dest=target,
        )


def apply(given: argparse.Namespace, config: T, prefix: str = "") -> T:
    """The configuration with the given options in place of its own values."""
    changes = {}
    for item in fields(config):  # type: ignore[arg-type]
        target = prefix.replace("-", "_") + item.name
        if not hasattr(given, target):
            continue
        value = getattr(given, target)
        if isinstance(value, str):
            try:
                value = _read(str(item.type), value)
            except ValueError:
                raise UserError(
                    f"{flag(prefix, item.name)} is {value!r}; it must be {item.type}."
                ) from None
        changes[item.name] = value
    return replace(config, **changes)  # type: ignore[type-var]

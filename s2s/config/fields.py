"""Fields of a configuration: help text, choices, checks; and a configuration as JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, asdict, field, fields
from typing import Any, TypeVar

from s2s.errors import UserError
from s2s.text.language import later

T = TypeVar("T")


def option(
    default: Any, text: str, choices: tuple[str, ...] | None = None, later: bool = False
) -> Any:
    """A field with its help text and, where there are any, its choices.

    Args:
        default: its value where nothing else is said.
        text: the help text.
        choices: the values there are.
        later: it came after the first files were written: where one lacks it, the default holds.
    """
    return field(default=default, metadata={"help": text, "choices": choices, "later": later})


def choose(choices: Mapping[str, T], name: str, what: str) -> T:
    """The choice of that name, where choices are data.

    Raises:
        UserError: when there is none, naming those there are.
    """
    if name not in choices:
        raise _none_of(what, name, choices)
    return choices[name]


def _none_of(name: str, value: object, allowed: Iterable[str]) -> UserError:
    return UserError(
        later("{name} is {value!r}; it must be one of {allowed}.", name=name, value=value,
              allowed=tuple(allowed))
    )  # fmt: skip


def check_choices(config: Any) -> None:
    """Refuse a value of the wrong type or outside a field's choices, naming both."""
    for item in fields(config):
        name, value = f"{type(config).__name__}.{item.name}", getattr(config, item.name)
        choices = item.metadata.get("choices")
        if choices and value not in choices:
            raise _none_of(name, value, choices)
        expected = str(item.type)
        # bool is an int in Python, but "layers: true" is a mistake in a file.
        fits = {
            "int": isinstance(value, int) and not isinstance(value, bool),
            "float": isinstance(value, int | float) and not isinstance(value, bool),
            "bool": isinstance(value, bool),
            "str": isinstance(value, str),
            str(None): value is None,
        }
        if not any(fits.get(part.strip(), False) for part in expected.split("|")):
            raise UserError(
                later("{name} is {value!r}; it must be {kind}.", name=name, value=value,
                      kind=expected)
            )  # fmt: skip
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(
                later("{name} is {value!r}; it must be a finite number.", name=name, value=value)
            )


def check_positive(config: Any, *names: str) -> None:
    """Refuse numbers below 1 in the named fields."""
    for name in names:
        value = getattr(config, name)
        if value is not None and value < 1:
            raise UserError(
                later("{name} is {value}; it must be at least 1.", value=value,
                      name=f"{type(config).__name__}.{name}")
            )  # fmt: skip


def from_dict(
    kind: type[T], data: Any, where: str, check: Callable[[T], None] = lambda _: None
) -> T:
    """Build a configuration from JSON; unknown and missing fields are refused by name.

    A field that this version does not know could be a switch that changes every number. One that
    came later has its default: what every model was before there was a choice.

    Args:
        kind: the dataclass.
        data: what the file holds.
        where: how to name the place in a message, for example ``config.json, "model"``.
        check: refuses what the dataclass itself cannot know.

    Raises:
        UserError: when ``data`` is no object, lacks a field, has one too many, or a bad value.
    """
    if not isinstance(data, dict):
        raise UserError(later("{where} must be an object.", where=where))
    known = {item.name: item for item in fields(kind)}  # type: ignore[arg-type]
    missing = sorted(
        name for name in known.keys() - data.keys() if not known[name].metadata.get("later")
    )
    if missing:
        raise UserError(later("{shown} lacks {keys}.", shown=where, keys=tuple(missing)))
    unknown = sorted(data.keys() - known.keys())
    if unknown:
        raise UserError(
            later("{shown} has {keys}, which this version does not know.", shown=where,
                  keys=tuple(unknown))
        )  # fmt: skip
    try:
        config = kind(**data)
        check(config)
    except UserError as error:
        raise UserError(later("{where}: {why}", where=where, why=error.args[0])) from None
    return config


def changes(config: Any) -> dict[str, Any]:
    """The fields that differ from their defaults: what a person wants to read."""
    return {
        item.name: getattr(config, item.name)
        for item in fields(config)
        if item.default is MISSING or getattr(config, item.name) != item.default
    }


def to_dict(config: Any) -> dict[str, Any]:
    """The configuration as JSON values."""
    return asdict(config)

"""Values from a config.json that may be foreign or edited: taken if they fit, else nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def piece(data: Any, *keys: str, kind: type | tuple[type, ...] = dict) -> Any:
    """The value under nested keys if it is of a kind; else an empty one, or None for a number."""
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    if isinstance(data, kind) and not isinstance(data, bool):
        return data
    return kind() if kind in (dict, list, str) else None


def amount(data: Any, *keys: str) -> float | None:
    """A finite number under nested keys, or None."""
    value = piece(data, *keys, kind=(int, float))
    return value if value is not None and math.isfinite(value) else None

"""What every result shares: the array type and the check of shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


def check_shape(owner: str, name: str, array: Any, expected: tuple[int, ...]) -> None:
    """Refuse an array of another shape, printing both."""
    if array is not None and array.shape != expected:
        raise ValueError(f"{owner}.{name} has shape {array.shape}, expected {expected}")

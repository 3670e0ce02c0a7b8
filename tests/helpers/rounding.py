"""Equal but for rounding: how far apart two ways of computing the same number may be."""

from __future__ import annotations

from typing import Any

import numpy as np


def bound(dtype: Any, terms: int, size: float = 1.0) -> float:
    """Error of a sum of `terms` products, each rounded, whose numbers are at most `size`.

    The usual bound of a floating-point sum (Higham 2002, section 3.1): terms · eps · size. Along a
    chain of steps the terms of all steps count.
    """
    return terms * float(np.finfo(dtype).eps) * size


def close(ours: Any, theirs: Any, terms: int = 4096, name: str = "") -> None:
    """Fail where two arrays differ by more than rounding in the coarser of their two dtypes.

    Two kernels, or two shapes in one kernel, add in other orders, so their last bits differ. Give
    float64 numbers: there 4096 terms (a hundred steps of forty products) are 9e-13. NaN equals NaN.
    """
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    dtype = max((ours.dtype, theirs.dtype), key=lambda kind: np.finfo(kind).eps)
    size = max(1.0, *(np.abs(a[np.isfinite(a)]).max(initial=0) for a in (ours, theirs)))
    np.testing.assert_allclose(
        ours, theirs, rtol=0, atol=bound(dtype, terms, size), err_msg=name, equal_nan=True
    )

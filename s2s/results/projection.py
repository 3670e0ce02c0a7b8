"""States of H units seen in three dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from s2s.results.base import Array


@dataclass(frozen=True, eq=False)
class Projection:
    """One fixed view of states of H units in three dimensions.

    Attributes:
        exact: whether the three axes are the units themselves.
    """

    mean: Array
    """[H] what is taken off first."""
    axes: Array
    """[H, 3] orthonormal columns."""
    explained: Array
    """[3] share of the variance along each axis, 0 to 1."""
    exact: bool

    def __call__(self, states: Array) -> Array:
        """[N, H] to [N, 3]."""
        return (states - self.mean) @ self.axes


def principal(states: Array) -> Projection:
    """One view of states [N, H]: three units as they are, else the principal components."""
    states = states.astype(float)
    if states.shape[1] == 3:
        variance = states.var(axis=0)
        share = variance / max(variance.sum(), 1e-300)
        return Projection(np.zeros(3), np.eye(3), share, True)
    mean = states.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov((states - mean).T))
    order = np.argsort(values)[::-1][:3]
    axes = vectors[:, order]
    # A direction has no sign of its own: the largest part is made positive.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return Projection(mean, axes, values[order] / max(values.sum(), 1e-300), False)

"""The same weights read in another way: another configuration, or blocks of them moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from s2s.config import ModelConfig
from s2s.decoding.system import System
from s2s.model.seq2seq import blank

Weights = dict[str, Tensor]
GATES = {"lstm": ("i", "f", "g", "o"), "gru": ("r", "z", "n")}
"""The order in which PyTorch stacks them."""


def as_they_are(weights: Weights) -> Weights:
    """The weights as they are."""
    return weights


def changed(
    system: System,
    config: ModelConfig,
    change: Callable[[Weights], Weights] = as_they_are,
    **more: Any,
) -> System:
    """The same weights, read in another way; the model is only read.

    Args:
        system: the model.
        config: its shape as it is read.
        change: moves blocks of its weights.
        more: other fields of the system.
    """
    model = blank(config)
    model.load_state_dict(change(dict(system.model.state_dict())), assign=True)
    return replace(system, model=model.eval().requires_grad_(False), **more)


def swapped(weights: Weights, name: str, first: int, second: int, before: int) -> Weights:
    """Two blocks of columns put where this library has them, from the other order.

    Args:
        weights: the model's.
        name: of the matrix.
        first: columns of the block that stands first here.
        second: of the one behind it.
        before: columns that stand before both.
    """
    parts = weights[name].split([before, second, first, weights[name].shape[1] - before - second
                                 - first], dim=1)  # fmt: skip
    return weights | {name: torch.cat([parts[0], parts[2], parts[1], parts[3]], 1)}


def gates(weights: Weights, order: Sequence[str], usual: Sequence[str]) -> Weights:
    """Blocks of rows put where this library has them, from the order in which they came."""

    def put(own: Tensor) -> Tensor:
        blocks = own.chunk(len(order))
        return torch.cat([blocks[order.index(gate)] for gate in usual])

    return {name: put(own) if ".rnn." in name else own for name, own in weights.items()}

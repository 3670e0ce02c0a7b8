"""One sentence of one model, ready to be differentiated: float64 copies of what it needs."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from s2s.config import ModelConfig
from s2s.model.batch import Source
from s2s.model.cells import known_equations
from s2s.model.score import Attention
from s2s.model.seq2seq import Seq2Seq
from s2s.results import Array

Module = TypeVar("Module", bound=nn.Module)


class Layer(NamedTuple):
    """One recurrent layer in one direction; G gates of H units (rnn 1, gru 3, lstm 4).

    Attributes:
        ih: [G * H, I] weights of the input.
        hh: [G * H, H] weights of the state.
        bias_ih: [G * H].
        bias_hh: [G * H].
    """

    ih: Tensor
    hh: Tensor
    bias_ih: Tensor
    bias_hh: Tensor


@dataclass(frozen=True, eq=False)
class Sentence:
    """One source and one output, ready to be differentiated.

    Attributes:
        config: the model's.
        cell: the equations of its cells: rnn, gru or lstm.
        attention: its own, in float64; None without attention.
        weights: name to float64 tensor without history, lookups and attention left out.
        source: [S, E] encoder inputs in the order they are read.
        places: place in reading order of the token read at each of the S steps.
        fed: [T, E] decoder inputs.
        target: [T] ids whose losses are wanted.
    """

    config: ModelConfig
    cell: str
    attention: Attention | None
    weights: Mapping[str, Tensor]
    source: Tensor
    places: tuple[int, ...]
    fed: Tensor
    target: Tensor

    def layer(self, part: str, number: int, backwards: bool = False) -> Layer:
        """A recurrent layer of ``encoder`` or ``decoder``."""
        end = f"l{number}" + ("_reverse" if backwards else "")
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return Layer(*(self.weights[f"{part}.rnn.{name}_{end}"] for name in names))

    def linear(self, name: str, vectors: Tensor) -> Tensor:
        """Apply the linear layer of that name."""
        return torch.nn.functional.linear(
            vectors, self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias")
        )

    def matrix(self, name: str) -> Array:
        """The weights of the linear layer of that name, [out, in]."""
        return self.weights[f"{name}.weight"].numpy()

    def affine(self, name: str, vectors: Array) -> Array:
        """Apply the linear layer of that name, in NumPy."""
        found = vectors @ self.matrix(name).T
        bias = self.weights.get(f"{name}.bias")
        return found if bias is None else found + bias.numpy()


def prepare(model: Seq2Seq, source: Source, fed: Sequence[int], target: Sequence[int]) -> Sentence:
    """Copy what one sentence needs out of a model.

    Args:
        model: only read; in any mode and dtype.
        source: a batch of one.
        fed: T ids fed to the decoder.
        target: T ids it should write.

    Raises:
        UserError: when the equations of its cells are not known.
    """
    cell = known_equations(model.config, model.encoder.rnn, model.decoder.rnn)
    attention = model.decoder.attention
    weights = {
        name: parameter.detach().double()
        for name, parameter in model.named_parameters()
        if ".lookup." not in name and not name.startswith("decoder.attention.")
    }
    order = torch.arange(source.ids.shape[1]) if source.order is None else source.order[0]
    with torch.no_grad():
        read = model.encoder.lookup(source.ids[0, order], torch.float64).double()
        inputs = model.decoder.lookup(torch.tensor(fed), torch.float64).double()
    return Sentence(
        model.config, cell, None if attention is None else in_float64(attention), weights, read,
        tuple(order.tolist()), inputs, torch.tensor(target),
    )  # fmt: skip


def in_float64(module: Module, replaced: Mapping[nn.Module, nn.Module] | None = None) -> Module:
    """A copy of a module, whatever its class, in float64, without gradients and in eval mode.

    Args:
        module: only read.
        replaced: parts of it that are not copied, and what stands there instead.
    """
    memo: dict[int, Any] = {id(part): other for part, other in (replaced or {}).items()}
    left_out = {id(p) for part in replaced or () for p in part.parameters()}
    for parameter in module.parameters():
        if id(parameter) not in left_out:
            # Made here, so that no copy in the old type is made first.
            memo[id(parameter)] = nn.Parameter(parameter.detach().double(), requires_grad=False)
    return copy.deepcopy(module, memo).double().eval().requires_grad_(False)


@dataclass(frozen=True, eq=False)
class StateGradients:
    """Gradients of -ln(p_t / (1 - p_t)), vector by vector; times 1 - p_t they are the losses'.

    Attributes:
        encoder: [T, S, M], source in reading order; of both ways where their states are summed up.
        decoder: [T, T, H], exactly 0 where u > t.
        initial: [T, H] of the decoder's state before its first step.
        log_odds: [T] ln(p_t / (1 - p_t)).
    """

    encoder: Array
    decoder: Array
    initial: Array
    log_odds: Array

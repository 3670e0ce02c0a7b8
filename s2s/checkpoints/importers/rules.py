"""What a kind of model is, as data: which tensor is which of ours, and its manners."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from s2s.text.language import Later

HANDED = {"bridge": "hidden_and_cell"}
"""An LSTM's decoder starts from both of the encoder's last states."""


@dataclass(frozen=True)
class Rule:
    """What a tensor of theirs is.

    Attributes:
        theirs: a regular expression for its whole name.
        ours: its name in our model, with the expression's groups; several names share its blocks
            of columns, or without an order are each the whole; none leaves it out.
        order: its blocks of columns as they stand there: s_0, c, s̃ (of the step before, in a cell),
            s, x; or s and h where it is split into two tensors.
        how: ``transposed`` where its rows are our columns, ``row`` where it is one row of ours.
        gates: the order of its blocks of rows, where it is not PyTorch's: i, f, g, o or r, z, n.
        why: why it is left out.
    """

    theirs: str
    ours: tuple[str, ...] = ()
    order: str = ""
    how: str = ""
    gates: str = ""
    why: str = ""


@dataclass(frozen=True)
class Family:
    """One kind of model.

    Attributes:
        name: as it is written in a card.
        title: whose modules they are.
        rules: what each tensor is; the first that fits counts.
        model: the ModelConfig fields that no tensor shows.
        sequence: the SequenceConfig fields that are its manner; ``start`` is the role of the
            target token that is fed first, where it is not bos.
        before: what is made of the tensors first, where a layer of theirs is none of ours.
    """

    name: str
    title: Later
    rules: tuple[Rule, ...]
    model: Mapping[str, Any] = field(default_factory=dict)
    sequence: Mapping[str, Any] = field(default_factory=dict)
    before: Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]] | None = None


def one(theirs: str, ours: str, order: str = "", **more: str) -> Rule:
    """A tensor that becomes one of ours."""
    return Rule(theirs, (ours,), order, **more)


def linear(theirs: str, ours: str, order: str = "") -> tuple[Rule, ...]:
    """A linear layer: weight and bias."""
    return (
        one(rf"{theirs}\.weight", f"{ours}.weight", order),
        one(rf"{theirs}\.bias", f"{ours}.bias"),
    )


def cells(theirs: str, part: str, order: str = "x") -> tuple[Rule, ...]:
    """The recurrent cells of a part, whose lowest layer reads these blocks."""
    ours = f"{part}.rnn"
    return (
        one(rf"{theirs}\.weight_ih_l0", f"{ours}.weight_ih_l0", order),
        one(rf"{theirs}\.((?:weight|bias)_[ih]h_l\d+(?:_reverse)?)", rf"{ours}.\1"),
    )


def halves(
    rnn: str, output: str, reads: str = "x", writes: str = "s", embedding: str = r"embedding"
) -> tuple[Rule, ...]:
    """Embeddings, cells and the output layer, by their names in encoder and decoder."""
    return (
        one(rf"encoder\.{embedding}\.weight", "encoder.lookup.embedding.weight"),
        one(rf"decoder\.{embedding}\.weight", "decoder.lookup.embedding.weight"),
        *cells(rf"encoder\.{rnn}", "encoder"),
        *cells(rf"decoder\.{rnn}", "decoder", reads),
        *linear(rf"(?:decoder\.)?{output}", "decoder.output", writes),
    )

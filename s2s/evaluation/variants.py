"""Which mistake gives these outputs? A model decoded correctly and under each known mistake."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from s2s.config import ModelConfig
from s2s.decoding import batched
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.model.seq2seq import blank

Weights = dict[str, Tensor]
GATES = {"lstm": ("i", "f", "g", "o"), "gru": ("r", "z", "n")}
"""The order in which PyTorch stacks them."""


@dataclass(frozen=True)
class Fit:
    """How well one way of reading the weights gives the original's outputs.

    Attributes:
        name: what would be wrong with the model as it is; empty for the model as it is.
        hits: outputs that are equal token by token.
        count: how many were given.
    """

    name: str
    hits: int
    count: int


def fits(
    system: System, sources: Sequence[str], outputs: Sequence[Sequence[str]]
) -> tuple[Fit, ...]:
    """The model as it is and every variant of it, the best first.

    Args:
        system: the model.
        sources: texts that the original read.
        outputs: the tokens that the original wrote for them, as they are scored.

    Raises:
        UserError: when a text cannot be read, or nothing was given.
    """
    if not sources or len(sources) != len(outputs):
        raise UserError("Give at least one source and its output of the original.")
    found = []
    for name, other in itertools.chain([("", system)], variants(system)):
        rows = [other.read(text, suggest=False).ids for text in sources]
        written = [
            batched.output_tokens(other, one.ids)[0]
            for one in batched.write(other, rows, looked=False)
        ]
        hits = sum(a == list(b) for a, b in zip(written, outputs, strict=True))
        found.append(Fit(name, hits, len(outputs)))
    # Of equally good ones the model as it is stands first: sorted() keeps the order.
    return tuple(sorted(found, key=lambda fit: -fit.hits))


def variants(system: System) -> Iterator[tuple[str, System]]:
    """Every other way of reading the same weights, with the mistake it would mend."""
    config, sequence = system.config, system.sequence
    relu = config.target_activation == "relu"
    yield (
        f"The original has {'no' if relu else 'a'} ReLU after the decoder's embedding.",
        _changed(system, replace(config, target_activation="none" if relu else "relu")),
    )
    yield (
        "The original reads the source the other way round.",
        _changed(system, replace(config, reverse_source=not config.reverse_source)),
    )
    if config.has_attention:
        slots = None if config.attention_slots else sequence.max_source_length + 1
        told = "leaves empty places unmasked" if slots else "masks empty places"
        yield (
            f"The original {told} in its attention.",
            _changed(system, replace(config, attention_slots=slots)),
        )
        name = "decoder.attentional" if config.attentional_layer else "decoder.output"
        yield (
            "The original has the state before the context, [s; c].",
            _changed(system, config, partial(_swapped, name=f"{name}.weight", size=config.hidden)),
        )
    if config.cell == "lstm":
        for order in itertools.permutations(GATES["lstm"]):
            if order != GATES["lstm"]:
                yield (
                    f"The original's LSTM gates are in the order {', '.join(order)}.",
                    _changed(system, config, partial(_gates, order=order, usual=GATES["lstm"])),
                )
        if not config.bidirectional:
            bridge = "hidden" if config.carries_cell else "hidden_and_cell"
            told = "starts the decoder's cell at zero"
            if bridge != "hidden":
                told = "hands the cell state to the decoder"
            yield f"The original {told}.", _changed(system, replace(config, bridge=bridge))
    if config.cell == "gru":
        swapped = partial(_gates, order=("z", "r", "n"), usual=GATES["gru"])
        yield (
            "The original's GRU gates are in the order z, r, n.",
            _changed(system, config, swapped),
        )
    if sequence.source_eos or system.source_vocab.eos is not None:
        told = "without an end token" if sequence.source_eos else "with an end token"
        other = replace(sequence, source_eos=not sequence.source_eos)
        yield f"The original reads the source {told}.", replace(system, sequence=other)
    if sequence.source_bos or system.source_vocab.bos is not None:
        told = "without a start token" if sequence.source_bos else "with a start token"
        other = replace(sequence, source_bos=not sequence.source_bos)
        yield f"The original reads the source {told}.", replace(system, sequence=other)


def _as_they_are(weights: Weights) -> Weights:
    return weights


def _changed(
    system: System, config: ModelConfig, change: Callable[[Weights], Weights] = _as_they_are
) -> System:
    """The same weights, read in another way; the model is only read."""
    model = blank(config)
    model.load_state_dict(change(dict(system.model.state_dict())), assign=True)
    return replace(system, model=model.eval().requires_grad_(False))


def _swapped(weights: Weights, name: str, size: int) -> Weights:
    """The first two blocks of columns of a matrix in each other's place."""
    own = weights[name]
    parts = own[:, size : 2 * size], own[:, :size], own[:, 2 * size :]
    return weights | {name: torch.cat(parts, 1)}


def _gates(weights: Weights, order: Sequence[str], usual: Sequence[str]) -> Weights:
    """Blocks of rows put where this library has them, from the order in which they came."""

    def put(own: Tensor) -> Tensor:
        blocks = own.chunk(len(order))
        return torch.cat([blocks[order.index(gate)] for gate in usual])

    return {name: put(own) if ".rnn." in name else own for name, own in weights.items()}

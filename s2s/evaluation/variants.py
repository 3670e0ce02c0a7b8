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


PADDED = (8, 10, 20, 30, 50)
"""Lengths to which sources are commonly filled up."""


def as_it_is(ids: Sequence[int]) -> Sequence[int]:
    """What is read, unchanged."""
    return ids


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
    longest = max(len(system.read(text, suggest=False).ids) for text in sources)
    for variant in [Variant("", system), *variants(system, longest)]:
        other = variant.system
        rows = [variant.read(system.read(text, suggest=False).ids) for text in sources]
        written = [
            batched.output_tokens(other, one.ids)[0]
            for one in batched.write(other, rows, looked=False)
        ]
        hits = sum(a == list(b) for a, b in zip(written, outputs, strict=True))
        found.append(Fit(variant.name, hits, len(outputs)))
    # Of equally good ones the model as it is stands first: sorted() keeps the order.
    return tuple(sorted(found, key=lambda fit: -fit.hits))


@dataclass(frozen=True, eq=False)
class Variant:
    """Another way of reading the same weights.

    Attributes:
        name: the mistake that it would mend, as a sentence.
        system: the model read so.
        read: source ids with their specials to what is read instead.
    """

    name: str
    system: System
    read: Callable[[Sequence[int]], Sequence[int]] = as_it_is


def variants(system: System, longest: int = 0) -> Iterator[Variant]:
    """Every other way of reading the same weights, with the mistake it would mend.

    Args:
        system: the model.
        longest: tokens of the longest source, for the padding that may have been read.
    """
    for kind in (_embedding, _reading, _attention, _gates_and_bridge, _specials):
        for name, other in kind(system):
            yield Variant(name, other)
    config, sequence = system.config, system.sequence
    for leading, trailing, told in (
        (not sequence.source_bos, sequence.source_eos, "start"),
        (sequence.source_bos, not sequence.source_eos, "end"),
    ):
        vocab, had = system.source_vocab, (sequence.source_bos, sequence.source_eos)
        if (leading and vocab.bos is None) or (trailing and vocab.eos is None):
            continue
        how = "without" if had[told == "end"] else "with"
        article = "a" if told == "start" else "an"
        yield Variant(
            f"The original reads the source {how} {article} {told} token.",
            replace(system, sequence=replace(
                sequence, source_bos=leading, source_eos=trailing)),
            partial(_ends, system=system, leading=leading, trailing=trailing),
        )  # fmt: skip
    pad = system.source_vocab.pad
    if pad is not None and config.attention != "location":
        for length in sorted({longest, *PADDED}):
            if length >= longest:
                yield Variant(
                    f"The original reads padding too, up to {length} tokens.",
                    system, partial(_filled, length=length, pad=pad),
                )  # fmt: skip


def _ends(ids: Sequence[int], system: System, leading: bool, trailing: bool) -> list[int]:
    """The ids between other ends."""
    sequence, vocab = system.sequence, system.source_vocab
    inside = list(ids[int(sequence.source_bos) : len(ids) - int(sequence.source_eos)])
    first = [vocab.special("bos")] if leading else []
    return [*first, *inside, *([vocab.special("eos")] if trailing else [])]


def _filled(ids: Sequence[int], length: int, pad: int) -> list[int]:
    return [*ids, *[pad] * (length - len(ids))]


Named = Iterator[tuple[str, System]]


def _embedding(system: System) -> Named:
    config = system.config
    relu = config.target_activation == "relu"
    yield (
        f"The original has {'no' if relu else 'a'} ReLU after the decoder's embedding.",
        _changed(system, replace(config, target_activation="none" if relu else "relu")),
    )


def _reading(system: System) -> Named:
    config = system.config
    yield (
        "The original reads the source the other way round.",
        _changed(system, replace(config, reverse_source=not config.reverse_source)),
    )


def _attention(system: System) -> Named:
    config, sequence = system.config, system.sequence
    if not config.has_attention:
        return
    if config.attention != "location":
        slots = None if config.attention_slots else sequence.max_source_length + 1
        told = "leaves empty places unmasked" if slots else "masks empty places"
        yield (
            f"The original {told} in its attention.",
            _changed(system, replace(config, attention_slots=slots)),
        )
    memory, hidden = config.encoder_size, config.hidden
    if "output" in config.context_readers:
        name = "decoder.attentional" if config.attentional_layer else "decoder.output"
        before = hidden if name == "decoder.output" and "output" in config.peeks else 0
        swap = partial(_swapped, name=f"{name}.weight", first=memory, second=hidden, before=before)
        yield (
            "The original has the state before the context, [s; c].",
            _changed(system, config, swap),
        )
    if "cell" in config.context_readers:
        name = "decoder.input.weight" if config.input_layer else "decoder.rnn.weight_ih_l0"
        before = hidden if "cell" in config.peeks else 0
        if not config.input_feeding:
            swap = partial(
                _swapped, name=name, first=memory, second=config.target_size, before=before
            )
            told = "The original's cell reads the embedding before the context, [x; c]."
            yield told, _changed(system, config, swap)
    elif not config.input_feeding:
        query = "previous" if config.query == "current" else "current"
        told = "before" if query == "previous" else "after"
        yield (
            f"The original asks with the state {told} the fed token.",
            _changed(system, replace(config, query=query)),
        )


def _gates_and_bridge(system: System) -> Named:
    config = system.config
    if config.cell == "lstm":
        for order in itertools.permutations(GATES["lstm"]):
            if order != GATES["lstm"]:
                yield (
                    f"The original's LSTM gates are in the order {', '.join(order)}.",
                    _changed(system, config, partial(_gates, order=order, usual=GATES["lstm"])),
                )
        if not config.has_bridge_layer:
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
    if config.directions == "sum" and config.bridge_layer in ("never", "first_states"):
        other = "never" if config.bridge_layer == "first_states" else "first_states"
        told = "the sum of both ways" if other == "never" else "the first states of the encoder"
        yield (
            f"The original's decoder starts from {told}.",
            _changed(system, replace(config, bridge_layer=other)),
        )


def _specials(system: System) -> Named:
    vocab, sequence = system.target_vocab, system.sequence
    for role in ("bos", "eos", "pad", "unk"):
        index = getattr(vocab, role)
        if index is not None and index != system.start:
            token = vocab.tokens[index]
            yield (
                f"The original starts from {token}.",
                replace(system, sequence=replace(sequence, start_token=token)),
            )


def _as_they_are(weights: Weights) -> Weights:
    return weights


def _changed(
    system: System, config: ModelConfig, change: Callable[[Weights], Weights] = _as_they_are
) -> System:
    """The same weights, read in another way; the model is only read."""
    model = blank(config)
    model.load_state_dict(change(dict(system.model.state_dict())), assign=True)
    return replace(system, model=model.eval().requires_grad_(False))


def _swapped(weights: Weights, name: str, first: int, second: int, before: int) -> Weights:
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


def _gates(weights: Weights, order: Sequence[str], usual: Sequence[str]) -> Weights:
    """Blocks of rows put where this library has them, from the order in which they came."""

    def put(own: Tensor) -> Tensor:
        blocks = own.chunk(len(order))
        return torch.cat([blocks[order.index(gate)] for gate in usual])

    return {name: put(own) if ".rnn." in name else own for name, own in weights.items()}

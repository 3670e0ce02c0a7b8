"""Which mistake gives these outputs? A model decoded correctly and under each known mistake."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from s2s.decoding import batched
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.evaluation.reread import GATES, changed, gates, swapped
from s2s.evaluation.starts import starts
from s2s.model import padding
from s2s.text.language import N_, Later, later

PADDED = (*range(1, 41), 50, 60, 80, 100)
"""Lengths to which sources may be filled up."""
ENDS = {
    ("start", True): N_("The original reads the source without a start token."),
    ("start", False): N_("The original reads the source with a start token."),
    ("end", True): N_("The original reads the source without an end token."),
    ("end", False): N_("The original reads the source with an end token."),
}
"""By the token and whether the model reads it."""


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

    name: Later | str
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
        raise UserError(later("Give at least one source and its output of the original."))
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

    name: Later | str
    system: System
    read: Callable[[Sequence[int]], Sequence[int]] = as_it_is


def variants(system: System, longest: int | None = None) -> Iterator[Variant]:
    """Every other way of reading the same weights, with the mistake it would mend.

    Args:
        system: the model.
        longest: tokens of the longest source, for the padding that may have been read; None leaves
            that out.
    """
    for kind in (_embedding, _reading, _attention, _gates, starts, _specials):
        for name, other in kind(system):
            yield Variant(name, other)
    sequence = system.sequence
    for leading, trailing, told in (
        (not sequence.source_bos, sequence.source_eos, "start"),
        (sequence.source_bos, not sequence.source_eos, "end"),
    ):
        vocab, had = system.source_vocab, (sequence.source_bos, sequence.source_eos)
        if (leading and vocab.bos is None) or (trailing and vocab.eos is None):
            continue
        yield Variant(
            later(ENDS[told, had[told == "end"]]),
            replace(system, sequence=replace(
                sequence, source_bos=leading, source_eos=trailing)),
            partial(_ends, system=system, leading=leading, trailing=trailing),
        )  # fmt: skip
    if longest is not None:
        yield from _padded(system, longest)


def _padded(system: System, longest: int) -> Iterator[Variant]:
    """The source filled up with padding, which is read."""
    config = system.config
    if config.attention == "location":
        return
    wide = system
    if padding.lacks(config, system.source_vocab):
        other, weights, vocab = padding.with_nothing(
            config, system.model.state_dict(), system.source_vocab
        )
        wide = changed(system, other, lambda _: weights, source_vocab=vocab)
    pad = wide.source_vocab.pad
    if pad is None:
        return
    for length in (n for n in sorted({longest, *PADDED}) if n >= longest):
        fill = partial(_filled, length=length, pad=pad)
        told = later("The original reads padding too, up to {n} tokens.", n=length)
        if config.reverse_source:
            yield Variant(told, wide, fill)
            continue
        sequence = replace(wide.sequence, padded_source_length=length)
        yield Variant(told, replace(wide, sequence=sequence), fill)


def _ends(ids: Sequence[int], system: System, leading: bool, trailing: bool) -> list[int]:
    """The ids between other ends."""
    sequence, vocab = system.sequence, system.source_vocab
    inside = list(ids[int(sequence.source_bos) : len(ids) - int(sequence.source_eos)])
    first = [vocab.special("bos")] if leading else []
    return [*first, *inside, *([vocab.special("eos")] if trailing else [])]


def _filled(ids: Sequence[int], length: int, pad: int) -> list[int]:
    return [*ids, *[pad] * (length - len(ids))]


Named = Iterator[tuple[Later, System]]


def _embedding(system: System) -> Named:
    config = system.config
    relu = config.target_activation == "relu"
    yield (
        later("The original has no ReLU after the decoder's embedding.")
        if relu
        else later("The original has a ReLU after the decoder's embedding."),
        changed(system, replace(config, target_activation="none" if relu else "relu")),
    )


def _reading(system: System) -> Named:
    config = system.config
    yield (
        later("The original reads the source the other way round."),
        changed(system, replace(config, reverse_source=not config.reverse_source)),
    )


def _attention(system: System) -> Named:
    config, sequence = system.config, system.sequence
    if not config.has_attention:
        return
    if config.attention != "location":
        slots = None if config.attention_slots else sequence.max_source_length + 1
        yield (
            later("The original leaves empty places unmasked in its attention.")
            if slots
            else later("The original masks empty places in its attention."),
            changed(system, replace(config, attention_slots=slots)),
        )
    memory, hidden = config.encoder_size, config.hidden
    if "output" in config.context_readers:
        name = "decoder.attentional" if config.attentional_layer else "decoder.output"
        before = hidden if name == "decoder.output" and "output" in config.peeks else 0
        swap = partial(swapped, name=f"{name}.weight", first=memory, second=hidden, before=before)
        yield (
            later("The original has the state before the context, [s; c]."),
            changed(system, config, swap),
        )
    if "cell" in config.context_readers:
        name = "decoder.input.weight" if config.input_layer else "decoder.rnn.weight_ih_l0"
        before = hidden if "cell" in config.peeks else 0
        if not config.input_feeding:
            swap = partial(
                swapped, name=name, first=memory, second=config.target_size, before=before
            )
            told = later("The original's cell reads the embedding before the context, [x; c].")
            yield told, changed(system, config, swap)
    elif not config.input_feeding:
        query = "previous" if config.query == "current" else "current"
        yield (
            later("The original asks with the state before the fed token.")
            if query == "previous"
            else later("The original asks with the state after the fed token."),
            changed(system, replace(config, query=query)),
        )


def _gates(system: System) -> Named:
    config = system.config
    if config.cell == "lstm":
        for order in itertools.permutations(GATES["lstm"]):
            if order != GATES["lstm"]:
                yield (
                    later("The original's LSTM gates are in the order {order}.", order=order),
                    changed(system, config, partial(gates, order=order, usual=GATES["lstm"])),
                )
    if config.cell == "gru":
        swapped = partial(gates, order=("z", "r", "n"), usual=GATES["gru"])
        yield (
            later("The original's GRU gates are in the order z, r, n."),
            changed(system, config, swapped),
        )


def _specials(system: System) -> Named:
    vocab, sequence = system.target_vocab, system.sequence
    for role in ("bos", "eos", "pad", "unk"):
        index = getattr(vocab, role)
        if index is not None and index != system.start:
            token = vocab.tokens[index]
            yield (
                later("The original starts from {token}.", token=token),
                replace(system, sequence=replace(sequence, start_token=token)),
            )

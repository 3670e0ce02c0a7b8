"""PRESETS: each tutorial's modules, by the names in their state dicts, and their manners.

Data for `s2s.checkpoints.importers.state_dicts`: which tensors there must be, of which shapes,
and where they go here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from s2s.config import SequenceConfig

PARTS = ("encoder", "decoder")


@dataclass(frozen=True)
class Preset:
    """One tutorial's modules, by the names in its state dict, and its manners.

    Attributes:
        tutorial: its number.
        cell: recurrent cell.
        rnn: the recurrent module's name in both parts.
        output: the output layer's name in the decoder.
        embedding: size of an embedding: ``none`` (one-hot vectors), ``hidden`` or ``free``.
        deep: there may be more than one layer.
        attention: the decoder may have ``attn``, the layer after dot attention.
        source_specials: the special ids are those of the source too, not of the target alone.
        model: the other ModelConfig fields.
        sequence: how it reads and writes.
    """

    tutorial: int
    cell: str
    rnn: str
    output: str
    embedding: str
    deep: bool
    attention: bool
    source_specials: bool
    model: Mapping[str, Any]
    sequence: SequenceConfig


VERBATIM: dict[str, Any] = {"source_normaliser": "verbatim", "target_normaliser": "verbatim"}
PRESETS = {
    "tutorial1": Preset(
        1, "lstm", "cells.lstm", "fc", "none", False, False, False,
        {"source_input": "one_hot", "target_input": "one_hot"},
        SequenceConfig(
            **VERBATIM, source_eos=False, max_source_length=10, max_output_length=10,
            weights_dtype="float32",
        ),
    ),
    "tutorial3": Preset(
        3, "gru", "gru", "fc", "hidden", False, True, True, {"target_activation": "relu"},
        # MAX_LENGTH is 8, and the source's end token counts there.
        SequenceConfig(
            target_repeats_bos=True, max_source_length=7, max_output_length=8,
            weights_dtype="float32",
        ),
    ),
    "tutorial5": Preset(
        5, "lstm", "rnn", "fc_out", "free", True, False, True, {"bridge": "hidden_and_cell"},
        SequenceConfig(**VERBATIM, source_bos=True, weights_dtype="float32"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a tutorial's tensor goes.

    Attributes:
        part: ``encoder`` or ``decoder``.
        name: in that part's state dict.
        ours: in our model's state dict.
        shape: names of sizes: Vs, Vt tokens, Es, Et embeddings, H units, GH gates times units.
    """

    part: str
    name: str
    ours: str
    shape: tuple[str, ...]


def places(preset: Preset, layers: int, attention: bool) -> Iterator[Place]:
    """Every tensor of a preset's model."""
    for part, vocabulary, width in (("encoder", "Vs", "Es"), ("decoder", "Vt", "Et")):
        width = {"none": vocabulary, "hidden": "H", "free": width}[preset.embedding]
        if preset.embedding != "none":
            yield Place(
                part, "embedding.weight", f"{part}.lookup.embedding.weight", (vocabulary, width)
            )
        for layer in range(layers):
            for name, shape in (
                ("weight_ih", ("GH", "H" if layer else width)),
                ("weight_hh", ("GH", "H")),
                ("bias_ih", ("GH",)),
                ("bias_hh", ("GH",)),
            ):
                name = f"{name}_l{layer}"
                yield Place(part, f"{preset.rnn}.{name}", f"{part}.rnn.{name}", shape)
    linear = [(preset.output, "output", "Vt", "H")]
    if attention:
        linear.append(("attn", "attentional", "H", "2H"))
    for theirs, ours, rows, columns in linear:
        yield Place("decoder", f"{theirs}.weight", f"decoder.{ours}.weight", (rows, columns))
        yield Place("decoder", f"{theirs}.bias", f"decoder.{ours}.bias", (rows,))


def structure(preset: Preset, given: Iterable[tuple[str, str]]) -> tuple[int, bool]:
    """Layers and whether there is attention, from the names alone."""
    pattern = re.compile(rf"{re.escape(preset.rnn)}\.(?:weight|bias)_[ih]h_l([0-9]+)")
    layers = {found[1] for _, name in given if (found := pattern.fullmatch(name))}
    attention = preset.attention and any(
        part == "decoder" and name.startswith("attn.") for part, name in given
    )
    return max(1, len(layers)) if preset.deep else 1, attention


def names(preset: Preset, given: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """(part, name) of every tensor of the preset's model that is built like the given one."""
    return {(place.part, place.name) for place in places(preset, *structure(preset, given))}

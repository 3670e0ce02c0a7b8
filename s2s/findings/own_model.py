"""What is said of a model on its way in: which tensor is what, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from s2s.config import ModelConfig

PLAIN = (
    (r"encoder\.lookup\.", "source"),
    (r"encoder\.rnn\.", "reads"),
    (r"bridge\.", "bridge"),
    (r"decoder\.lookup\.", "target"),
    (r"decoder\.input\.", "input"),
    (r"decoder\.rnn\.", "writes"),
    (r"decoder\.attention\.", "attention"),
    (r"decoder\.attentional\.", "attentional"),
    (r"decoder\.output\.", "output"),
)
"""Our names to the part that they belong to, in the order in which a sentence goes through them."""


class Part(NamedTuple):
    """Tensors that belong together.

    Attributes:
        words: what they are.
        shapes: their sizes.
        names: as the file has them.
    """

    words: str
    shapes: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]


def parts(
    taken: Iterable[tuple[str, tuple[int, ...], str]], config: ModelConfig, source: str, target: str
) -> list[Part]:
    """Every tensor of a file, with what belongs together told as one.

    Args:
        taken: name, shape and what each was taken for: our name, or why it was left out.
        config: the model's.
        source: what the source is called.
        target: what the target is called.
    """
    grouped: dict[str, list[tuple[str, tuple[int, ...]]]] = {name: [] for _, name in PLAIN}
    for name, shape, what in taken:
        kind = next((kind for pattern, kind in PLAIN if re.match(pattern, what)), what)
        grouped.setdefault(kind, []).append((name, shape))
    if config.has_attention and not grouped["attention"]:
        grouped["attention"] = [("", ())]
    return [
        Part(
            _words(kind, config, source, target),
            tuple(shape for name, shape in held if name),
            tuple(name for name, _ in held if name),
        )
        for kind, held in grouped.items()
        if held
    ]


def _words(kind: str, config: ModelConfig, source: str, target: str) -> str:
    layers = f", {config.layers} layers" if config.layers > 1 else ""
    ways = ", from both ends" if config.bidirectional else ""
    cell = config.cell.upper()
    score = config.attention.replace("_", " ")
    return {
        "source": f"{config.source_embedding} numbers for each {source} token",
        "reads": f"reads: {cell} of {config.way_size} units{ways}{layers}",
        "bridge": "joins the last state read to the first state written (tanh layer)",
        "target": f"{config.target_embedding} numbers for each {target} token",
        "input": "joins context and token before the cell (ReLU layer)",
        "writes": f"writes: {cell} of {config.hidden} units{layers}",
        "attention": f"attention: {score}",
        "attentional": "joins context and state (tanh layer)",
        "output": f"one score for each {target} token",
    }.get(kind, kind.replace("left out:", "not part of the model:"))


def told(shapes: Sequence[tuple[int, ...]]) -> str:
    """Sizes as a person writes them: ``768 × 256, 768``."""
    return ", ".join(" × ".join(f"{size:,}" for size in shape) for shape in shapes)


def what_it_is(config: ModelConfig, whose: str) -> str:
    """In one sentence: ``It is a GRU of 256 units with dot attention, as in tutorial 3``."""
    size = f"{config.cell.upper()} of {config.hidden} units"
    article = "an" if config.cell in ("rnn", "lstm") else "a"
    attention = f" with {config.attention.replace('_', ' ')} attention"
    return f"It is {article} **{size}{attention if config.has_attention else ''}**, as in {whose}."


def how_it_answers(equal: int, sentences: int, deviation: float | None, holds: bool) -> str:
    """Beside its original: ``It answers as your notebook does on 4 of 5 sentences``."""
    if holds and deviation is not None:
        return f"It is **equal to your notebook to {deviation:.0e}** on {sentences} sentences."
    if holds:
        return f"It answers as your notebook does on **all {sentences}** sentences."
    if equal == sentences:
        return "It writes the same, but **not with the same numbers**."
    return f"It answers as your notebook does on **{equal} of {sentences}** sentences."

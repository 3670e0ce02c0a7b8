"""What is said of a model on its way in: which tensor is what, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from s2s.config import ModelConfig
from s2s.text.language import N_, tr

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
    taken: Iterable[tuple[str, tuple[int, ...], str, str]], config: ModelConfig, source: str,
    target: str,
) -> list[Part]:  # fmt: skip
    """Every tensor of a file, with what belongs together told as one.

    Args:
        taken: name, shape, our name for it, and why it was left out where it was.
        config: the model's.
        source: what the source is called.
        target: what the target is called.
    """
    grouped: dict[str, list[tuple[str, tuple[int, ...]]]] = {name: [] for _, name in PLAIN}
    for name, shape, own, why in taken:
        kind = next((kind for pattern, kind in PLAIN if re.match(pattern, own)), why or own)
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
    texts = {
        "source": N_("{numbers} numbers for each {source} token"),
        "reads": _reads(config),
        "bridge": N_("joins the last state read to the first state written (linear layer)")
        if config.bridge_layer == "linear"
        else N_("joins the last state read to the first state written (tanh layer)"),
        "target": N_("{numbers} numbers for each {target} token"),
        "input": N_("joins context and token before the cell (ReLU layer)"),
        "writes": N_("writes: {cell} of {size} units, {layers} layers")
        if config.layers > 1
        else N_("writes: {cell} of {size} units"),
        "attention": N_("attention: {score}"),
        "attentional": N_("joins context and state (tanh layer)"),
        "output": N_("one score for each {target} token"),
    }
    if kind not in texts:
        return tr("not part of the model: {why}", why=tr(kind))
    return tr(
        texts[kind],
        numbers=config.target_embedding if kind == "target" else config.source_embedding,
        size=config.way_size if kind == "reads" else config.hidden, cell=config.cell.upper(),
        layers=config.layers, source=source, target=target,
        score=config.attention.replace("_", " "),
    )  # fmt: skip


def _reads(config: ModelConfig) -> str:
    if config.bidirectional:
        return (
            N_("reads: {cell} of {size} units, from both ends, {layers} layers")
            if config.layers > 1
            else N_("reads: {cell} of {size} units, from both ends")
        )
    return (
        N_("reads: {cell} of {size} units, {layers} layers")
        if config.layers > 1
        else N_("reads: {cell} of {size} units")
    )


def told(shapes: Sequence[tuple[int, ...]]) -> str:
    """Sizes as a person writes them: ``768 × 256, 768``."""
    return ", ".join(" × ".join(f"{size:,}" for size in shape) for shape in shapes)


def what_it_is(config: ModelConfig, whose: str) -> str:
    """In one sentence: ``It is a GRU of 256 units with dot attention, as in tutorial 3``."""
    if config.has_attention:
        text = (
            N_("It is an **{cell} of {size} units with {attention} attention**, as in {whose}.")
            if config.cell in ("rnn", "lstm")
            else N_("It is a **{cell} of {size} units with {attention} attention**, as in {whose}.")
        )
    else:
        text = (
            N_("It is an **{cell} of {size} units**, as in {whose}.")
            if config.cell in ("rnn", "lstm")
            else N_("It is a **{cell} of {size} units**, as in {whose}.")
        )
    return tr(text, cell=config.cell.upper(), size=config.hidden, whose=whose,
              attention=config.attention.replace("_", " "))  # fmt: skip


def how_it_answers(equal: int, sentences: int, deviation: float | None, holds: bool) -> str:
    """Beside its original: ``It answers as your notebook does on 4 of 5 sentences``."""
    if holds and deviation is not None:
        return tr("It is **equal to your notebook to {far}** on {n} sentences.",
                  far=f"{deviation:.0e}", n=sentences)  # fmt: skip
    if holds:
        return tr("It answers as your notebook does on **all {n}** sentences.", n=sentences)
    if equal == sentences:
        return tr("It writes the same, but **not with the same numbers**.")
    return tr("It answers as your notebook does on **{n} of {of}** sentences.", n=equal,
              of=sentences)  # fmt: skip

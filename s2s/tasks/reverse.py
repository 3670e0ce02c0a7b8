"""Strings of letters, written backwards: the smallest task in which looking back matters."""

from __future__ import annotations

import random
import string
from collections.abc import Sequence

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.tasks.base import DataConfig, Defaults, Task
from s2s.tasks.split import Pair, part_of, split
from s2s.text.language import N_, tr
from s2s.text.vocab import BOS, EOS, PAD


def generate(data: DataConfig) -> list[Pair]:
    """Distinct strings, lengths drawn evenly from shortest to longest, letters evenly from a-z."""
    draw = random.Random(data.seed)
    strings: dict[str, None] = {}
    for _ in range(data.samples):
        length = draw.randint(data.shortest, data.longest)
        strings["".join(draw.choices(string.ascii_lowercase, k=length))] = None
    return [(text, text[::-1]) for text in strings]


def parts(data: DataConfig, sequence: SequenceConfig, path: str | None) -> dict[str, list[Pair]]:
    """Each string belongs to the part that its own hash names."""
    pairs = generate(data)
    return split(pairs, (source for source, _ in pairs), data.test_percent, data.validation_percent)


def fresh(data: DataConfig, length: int, count: int, seed: int) -> list[Pair]:
    """New strings of one length from the test buckets: none can be in the training part."""
    draw = random.Random(f"{seed}/{length}")
    found: dict[str, None] = {}
    for _ in range(count * 1000):
        if len(found) == count:
            break
        text = "".join(draw.choices(string.ascii_lowercase, k=length))
        if part_of(text, data.test_percent, data.validation_percent) == "test":
            found[text] = None
    return [(text, text[::-1]) for text in found]


def _other_length(tokens: Sequence[str], answer: str) -> str:
    if len(tokens) == len(answer):
        return ""
    return tr("It read {n} letters and wrote {m}.", n=len(tokens), m=len(answer))


TASK = Task(
    name="reverse",
    title=N_("Letters → letters reversed"),
    source_name=N_("Letters"),
    target_name=N_("Reversed"),
    unit="letter",
    score="exact_match",
    unseen=N_("on strings it has never seen"),
    examples=("microscope", "attention", "abcdefghijklm", "rotator"),
    prompt=N_("Type a string of letters"),
    defaults=Defaults(
        data=DataConfig(samples=60_000),
        model=ModelConfig(
            cell="lstm",
            hidden=128,
            source_embedding=32,
            target_embedding=32,
        ),
        sequence=SequenceConfig(
            source_normaliser="letters",
            target_normaliser="letters",
            source_tokeniser="characters",
            target_tokeniser="characters",
            max_source_length=40,
            max_output_length=45,
        ),
        train=TrainConfig(epochs=20, learning_rate=2e-3, rate_schedule="linear", clip=1.0),
    ),
    parts=parts,
    fresh=fresh,
    specials=(
        {"pad": PAD, "eos": EOS},
        {"pad": PAD, "bos": BOS, "eos": EOS},
    ),
    reads=N_("the letters a to z"),
    impossible=_other_length,
    tutorials=N_("tutorial 2"),
)

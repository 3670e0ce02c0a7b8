"""Somebody's own pairs: any two-column file, in any script, with nothing known about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.errors import UserError
from s2s.tasks import fra_eng
from s2s.tasks.base import DataConfig, Defaults
from s2s.tasks.sentences import dealt, normalised
from s2s.tasks.split import PARTS, Pair
from s2s.text import TOKENISERS
from s2s.text.language import N_, later

LEAST = 10
"""Fewer usable pairs are no data."""
MANY = 3000
"""From so many pairs on, tokens that were seen once are unknown, so that there is such a thing."""

TASK = replace(
    fra_eng.TASK,
    name="own-pairs",
    title=N_("Pairs of your own"),
    source_name=N_("source"),
    target_name=N_("target"),
    examples=(),
    prompt=N_("Type a source like those of its pairs"),
    defaults=Defaults(
        data=DataConfig(origin="file", max_length=60, test_percent=10, validation_percent=10),
        model=ModelConfig(hidden=64, source_embedding=64, target_embedding=64, dropout=0.1),
        sequence=SequenceConfig(
            source_normaliser="any", target_normaliser="any", max_source_length=60,
            max_output_length=80,
        ),
        train=TrainConfig(
            epochs=20, batch_size=32, learning_rate=3e-3, rate_schedule="linear", clip=1.0
        ),
    ),
    licence="",
    reads=N_("what its own pairs were made of"),
    like=None,
)  # fmt: skip

MODEL = replace(
    TASK,
    name="own-model",
    title=N_("Models of your own"),
    prompt=N_("Type a sentence like those that it learned"),
    reads=N_("what it was trained on"),
)
"""What an imported model is shown under that belongs to no other task."""


@dataclass(frozen=True)
class Survey:
    """What there is in somebody's pairs, before anything is trained.

    Attributes:
        usable: distinct pairs that are neither empty nor too long.
        parts: part to how many of them.
        tokens: of sources and targets.
        vocabulary: distinct ones of each.
        longest: source in tokens.
    """

    usable: int
    parts: dict[str, int]
    tokens: tuple[int, int]
    vocabulary: tuple[int, int]
    longest: int


def survey(texts: Sequence[Pair], data: DataConfig, sequence: SequenceConfig) -> Survey:
    """Look at pairs as training will.

    Raises:
        UserError: when there are too few, or nothing is left to train on or to measure with.
    """
    pairs = normalised(texts, data, sequence)
    if len(pairs) < LEAST:
        raise UserError(
            later(
                "{n} of the {of} pairs can be used (distinct, with a letter on each side, at most "
                "{most} tokens long); at least {least} are needed.",
                n=len(pairs),
                of=len(texts),
                most=data.max_length,
                least=LEAST,
            )
        )
    parts = dealt(pairs, data, sequence)
    if not parts["train"]:
        raise UserError(
            later("All pairs hang together by a sentence that they share, so none is left to "
                  "train on.")
        )  # fmt: skip
    cut = (
        TOKENISERS[sequence.source_tokeniser].split, TOKENISERS[sequence.target_tokeniser].split
    )  # fmt: skip
    sides = [[cut[side](pair[side]) for pair in pairs] for side in (0, 1)]
    counts = [sum(map(len, side)) for side in sides]
    known = [len({token for text in side for token in text}) for side in sides]
    return Survey(
        len(pairs), {part: len(parts[part]) for part in PARTS}, (counts[0], counts[1]),
        (known[0], known[1]), max(map(len, sides[0])),
    )  # fmt: skip

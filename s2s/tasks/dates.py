"""Written dates to ISO dates, character by character (tutorial 4)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.errors import UserError
from s2s.tasks.base import DataConfig, Defaults, Task
from s2s.tasks.date_answers import no_date
from s2s.tasks.date_shapes import (
    BOOK_SHAPES,
    BOOK_YEARS,
    SHAPES,
    YEARS,
    Shape,
    complaint,
    readings,
)  # fmt: skip
from s2s.tasks.split import Pair, split
from s2s.tasks.text_file import decoded, lines, read_bytes
from s2s.text.language import N_, later

WIDTH = 29  # of the book's lines: "wednesday, september 25, 2003"
LONGEST = 40  # what a model of ours may be given; its longest shape has 30 characters
START = "_"


def generate(
    samples: int,
    seed: int,
    shapes: Sequence[Shape] = SHAPES,
    years: tuple[int, int] = YEARS,
) -> list[Pair]:
    """Distinct (written, ISO) pairs: every shape and every day it fits is equally likely.

    Draws follow the seed alone; repeats are removed, so fewer than `samples` come back.
    """
    return list(dict.fromkeys((text, day) for text, day, _ in drawn(samples, seed, shapes, years)))


def drawn(
    samples: int,
    seed: int,
    shapes: Sequence[Shape] = SHAPES,
    years: tuple[int, int] = YEARS,
) -> list[tuple[str, str, Shape]]:
    """(written, ISO, shape) of every draw, repeats included."""
    draw = random.Random(seed)
    first, last = date(years[0], 1, 1).toordinal(), date(years[1], 12, 31).toordinal()
    found = []
    for _ in range(samples):
        shape = draw.choice(shapes)
        day = date.fromordinal(draw.randint(first, last))
        while not shape.fits(day):
            day = date.fromordinal(draw.randint(first, last))
        found.append((shape.write(day, draw.choice(shape.cases)), day.isoformat(), shape))
    return found


def read_book(path: str) -> list[Pair]:
    """Distinct pairs of a ``date.txt``: 29 padded characters, ``_``, ISO day."""
    pairs: dict[Pair, None] = {}
    for number, raw in enumerate(lines(read_bytes(path), path), 1):
        try:
            line = decoded(raw)
        except UserError as error:
            raise UserError(
                later("{name}, line {n}: {why}", name=path, n=number, why=error.args[0])
            ) from None
        source, mark, target = line.rpartition(START)
        if not mark or len(target.strip()) != 10 or len(source.strip()) > WIDTH:
            raise UserError(
                later("{name}, line {n}: a date of at most {most} characters, _ and YYYY-MM-DD "
                      "are needed.", name=path, n=number, most=WIDTH)
            )  # fmt: skip
        pairs[source.strip(), target.strip()] = None
    if not pairs:
        raise UserError(later("{name} holds no dates.", name=path))
    return list(pairs)


def parts(data: DataConfig, sequence: SequenceConfig, path: str | None) -> dict[str, list[Pair]]:
    """All ways of writing one day stay in one part: the key is the ISO day."""
    return _dealt(generate(data.samples, data.seed) if path is None else read_book(path), data)


def book_parts(
    data: DataConfig, sequence: SequenceConfig, path: str | None
) -> dict[str, list[Pair]]:
    """As `parts`, in the book's ten shapes and its years."""
    if path is not None:
        return _dealt(read_book(path), data)
    return _dealt(generate(data.samples, data.seed, BOOK_SHAPES, BOOK_YEARS), data)


def _dealt(pairs: Sequence[Pair], data: DataConfig) -> dict[str, list[Pair]]:
    return split(pairs, (target for _, target in pairs), data.test_percent, data.validation_percent)


TASK = Task(
    name="dates",
    title=N_("Written date → ISO date"),
    source_name=N_("Written date"),
    target_name=N_("ISO date"),
    unit="character",
    score="exact_match",
    unseen=N_("on days it has never seen"),
    examples=(
        "Tuesday, March 25, 2003",
        "AUGUST 8, 1994",
        "25/3/2003",
        "the 25th of March 2003",
        "mardi 25 mars 2003",
        "2003년 3월 25일",
    ),
    prompt=N_("Type a date, 1900 to 2099"),
    defaults=Defaults(
        data=DataConfig(samples=120_000),
        model=ModelConfig(
            cell="lstm",
            bidirectional=True,
            source_embedding=32,
            target_embedding=32,
            attentional_layer=False,
        ),
        sequence=SequenceConfig(
            source_normaliser="verbatim",
            target_normaliser="verbatim",
            source_tokeniser="characters",
            target_tokeniser="characters",
            source_eos=False,
            start_token=START,
            stop="fixed_length",
            max_source_length=LONGEST,
            max_output_length=10,
            shared_vocabulary=True,
        ),
        train=TrainConfig(
            epochs=3, batch_size=64, learning_rate=2e-3, clip=5.0, rate_schedule="linear"
        ),
    ),
    parts=parts,
    specials=({}, {}),
    licence="",
    reads=N_("dates written in English, French or Korean"),
    split_key="the ISO day",
    forms=lambda: tuple((shape.name, shape.example) for shape in SHAPES),
    doubt=lambda tokens: complaint("".join(tokens), SHAPES, YEARS),
    impossible=lambda tokens, answer: no_date("".join(tokens), answer, YEARS),
    like=lambda text: bool(readings(text.strip(), SHAPES)),
    tutorials=N_("tutorial 4"),
)

# Tutorial 4, after the book it follows: the book's own 45,000 lines, the padded string read
# backwards, its way of starting weights.
BOOK = replace(
    TASK,
    name="dates-book",
    title=N_("Book dates → ISO date"),
    tutorials=N_("tutorial 4, with Peeky"),
    examples=("AUGUST 8, 1994", "Tuesday, March 25, 2003", "Mar 25, 2003", "3/25/03"),
    parts=book_parts,
    defaults=Defaults(
        data=DataConfig(origin="file"),
        model=replace(
            TASK.defaults.model,
            bidirectional=False,
            source_embedding=16,
            target_embedding=16,
            reverse_source=True,
        ),
        sequence=replace(
            TASK.defaults.sequence, max_source_length=WIDTH, fixed_source_length=WIDTH
        ),
        train=TrainConfig(
            epochs=10, batch_size=128, clip=5.0, init="book", loss_reduction="all_positions"
        ),
    ),
    prompt=N_("Type a date, 1970 to 2017"),
    reads=N_("dates written in English"),
    forms=lambda: tuple((shape.name, shape.example) for shape in BOOK_SHAPES),
    doubt=lambda tokens: complaint("".join(tokens), BOOK_SHAPES, BOOK_YEARS),
    impossible=lambda tokens, answer: no_date("".join(tokens), answer, BOOK_YEARS),
    needs_file=True,
    licence=(
        'Dates: the data set of the book "Deep Learning from Scratch 2" (oreilly-japan), '
        "MIT licence, copyright 2018 Koki Saitoh. The file is dataset/date.txt of "
        "https://github.com/oreilly-japan/deep-learning-from-scratch-2, less the book's test part."
    ),
)

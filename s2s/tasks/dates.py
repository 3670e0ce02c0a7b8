"""Written dates to ISO dates, character by character (tutorial 4)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.errors import UserError
from s2s.tasks.base import DataConfig, Defaults, Task
from s2s.tasks.split import Pair, split
from s2s.tasks.text_file import decoded, lines, read_bytes

FIRST, LAST = date(1970, 1, 1), date(2017, 12, 31)
WIDTH = 29  # "wednesday, september 25, 2003"
START = "_"
# CLDR patterns; the first stays as it is, the others come in three cases: ten shapes in all.
PATTERNS = ("M/d/yy", "MMM d, y", "MMMM d, y", "EEEE, MMMM d, y")


def write(day: date, pattern: str, case: str) -> str:
    """A day in one of the ten shapes; `case` is title, lower or upper."""
    from babel.dates import format_date  # what only reads a date needs no calendar

    text = format_date(day, pattern, locale="en")
    return {"title": text, "lower": text.lower(), "upper": text.upper()}[case]


def generate(samples: int, seed: int) -> list[Pair]:
    """Distinct (written, ISO) pairs: each pattern a quarter; title case half, the others a quarter.

    Draws follow the seed alone; repeats are removed, so fewer than `samples` come back.
    """
    draw = random.Random(seed)
    span = (LAST - FIRST).days + 1
    pairs: dict[Pair, None] = {}
    for _ in range(samples):
        day = FIRST + timedelta(days=draw.randrange(span))
        pattern = draw.choice(PATTERNS)
        case = draw.choice(("title", "title", "lower", "upper"))
        pairs[write(day, pattern, case), day.isoformat()] = None
    return list(pairs)


def read_book(path: str) -> list[Pair]:
    """Distinct pairs of a ``date.txt``: 29 padded characters, ``_``, ISO day."""
    pairs: dict[Pair, None] = {}
    for number, raw in enumerate(lines(read_bytes(path), path), 1):
        try:
            line = decoded(raw)
        except UserError as error:
            raise UserError(f"{path}, line {number}: {error}") from None
        source, mark, target = line.rpartition(START)
        if not mark or len(target.strip()) != 10 or len(source.strip()) > WIDTH:
            raise UserError(
                f"{path}, line {number}: a date of at most {WIDTH} characters, _ and YYYY-MM-DD "
                "are needed."
            )
        pairs[source.strip(), target.strip()] = None
    if not pairs:
        raise UserError(f"{path} holds no dates.")
    return list(pairs)


def parts(data: DataConfig, sequence: SequenceConfig, path: str | None) -> dict[str, list[Pair]]:
    """All ways of writing one day stay in one part: the key is the ISO day."""
    pairs = generate(data.samples, data.seed) if path is None else read_book(path)
    return split(pairs, (target for _, target in pairs), data.test_percent, data.validation_percent)


TASK = Task(
    name="dates",
    title="Written date → ISO date",
    source_name="Written date",
    target_name="ISO date",
    unit="character",
    score="exact_match",
    unseen="on days it has never seen",
    examples=("Tuesday, March 25, 2003", "AUGUST 8, 1994", "Mar 25, 2003", "3/25/03"),
    prompt="Type a date, 1970 to 2017",
    defaults=Defaults(
        data=DataConfig(samples=50_000),
        model=ModelConfig(
            cell="lstm",
            source_embedding=16,
            target_embedding=16,
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
            max_source_length=WIDTH,
            max_output_length=10,
            fixed_source_length=WIDTH,
            shared_vocabulary=True,
        ),
        train=TrainConfig(epochs=12, batch_size=128, clip=5.0, rate_schedule="linear"),
    ),
    parts=parts,
    specials=({}, {}),
    licence="",
    reads="dates written in English",
    split_key="the ISO day",
)

# Tutorial 4, after the book it follows: the book's own 45,000 lines, the padded string read
# backwards, its way of starting weights.
BOOK = replace(
    TASK,
    name="dates-book",
    title="Written date → ISO date, the book's",
    examples=("AUGUST 8, 1994", "Tuesday, March 25, 2003", "Mar 25, 2003", "3/25/03"),
    defaults=Defaults(
        data=DataConfig(origin="file"),
        model=replace(TASK.defaults.model, reverse_source=True),
        sequence=TASK.defaults.sequence,
        train=TrainConfig(
            epochs=10, batch_size=128, clip=5.0, init="book", loss_reduction="all_positions"
        ),
    ),
    needs_file=True,
    licence=(
        'Dates: the data set of the book "Deep Learning from Scratch 2" (oreilly-japan), '
        "MIT licence, copyright 2018 Koki Saitoh. The file is dataset/date.txt of "
        "https://github.com/oreilly-japan/deep-learning-from-scratch-2, less the book's test part."
    ),
)

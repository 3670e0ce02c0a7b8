"""What a task is: where its pairs come from, how they are split, what a right answer looks like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from s2s.config import (
    ModelConfig,
    SequenceConfig,
    TrainConfig,
    check_choices,
    check_positive,
    option,
)
from s2s.errors import UserError
from s2s.results import Reading
from s2s.tasks.openings import Openings, openings_of
from s2s.tasks.split import Pair
from s2s.text.language import N_, later, tr

ORIGINS = ("file", "generator", "file and generator")
COLUMNS = ("source,target", "target,source")


@dataclass(frozen=True)
class DataConfig:
    """Where the pairs of a run come from, so that anyone can make the same parts again."""

    origin: str = option("generator", "where pairs come from", ORIGINS)
    sha256: str | None = option(None, "SHA-256 of the file, unpacked")
    columns: str = option("source,target", "order of the file's columns", COLUMNS)
    max_length: int | None = option(None, "most tokens on each side")
    prefix_filter: bool = option(False, "keep only English sides that start with subject + be")
    source_min_frequency: int = option(1, "rarer source tokens become unknown")
    target_min_frequency: int = option(1, "rarer target tokens become unknown")
    samples: int = option(50_000, "pairs drawn by a generator, before repeats are removed")
    seed: int = option(1984, "of the generator")
    shortest: int = option(2, "shortest generated source")
    longest: int = option(15, "longest generated source")
    test_percent: int = option(5, "share of groups in the test part, percent")
    validation_percent: int = option(5, "share of groups in the validation part, percent")

    def __post_init__(self) -> None:
        """Check every value."""
        check_choices(self)
        check_positive(self, "max_length", "source_min_frequency", "target_min_frequency")
        check_positive(self, "samples", "shortest", "longest")
        if self.shortest > self.longest:
            raise UserError(
                later("{name} is {n}; it must be at most longest, {most}.",
                      name="DataConfig.shortest", n=self.shortest, most=self.longest)
            )  # fmt: skip
        shares = (self.test_percent, self.validation_percent)
        if min(shares) < 0 or sum(shares) >= 100:
            raise UserError(
                later("{name}: test and validation shares must leave some for training.",
                      name="DataConfig")
            )  # fmt: skip


@dataclass(frozen=True)
class Defaults:
    """Where a task's configuration starts; the command line changes single fields."""

    data: DataConfig
    model: ModelConfig
    sequence: SequenceConfig
    train: TrainConfig


@dataclass(frozen=True)
class Task:
    """One task.

    Attributes:
        name: folder and command-line name.
        title: for a person, with an arrow.
        tutorials: which of the five its models follow, "tutorial 4, with Peeky"; or empty.
        source_name: what the input is called, "French".
        target_name: what the output is called, "English".
        unit: what a token is, "token", "character" or "letter".
        score: the metric that stands beside a model's name, "bleu" or "exact_match".
        unseen: how the score's caption ends.
        examples: texts for the page, the first is decoded on arrival.
        prompt: what to type.
        defaults: the configuration to start from.
        parts: (data, sequence, path) to pairs by part; path is None for generators.
        fresh: (data, length, count, seed) to new sources of one length with their targets,
            none of them in the training part; None where there is no generator by length.
        specials: role to token for (source, target) vocabularies, in id order.
        needs_file: whether training needs a file.
        licence: the credit its data asks for; empty if none.
        reads: what its models can read, for messages: "This model reads …".
        split_key: what is hashed to split the pairs; empty where nothing is held out.
        forms: gives (name, example) of every shape that a source may have; None where they
            cannot be listed.
        doubt: source tokens, as a model reads them, to a sentence that says why they are no source
            of this task; empty where they are one. None where nobody can tell.
        impossible: (source tokens, answer) to a sentence that says why no source can have this
            answer, whatever it says; empty where one may. None where nobody can tell.
        like: whether a text is surely made for this task; None where nothing can be told.
        measured: whether the openings measured for the task are for its models.
    """

    name: str
    title: str
    source_name: str
    target_name: str
    unit: str
    score: str
    unseen: str
    examples: tuple[str, ...]
    prompt: str
    defaults: Defaults
    parts: Callable[[DataConfig, SequenceConfig, str | None], dict[str, list[Pair]]]
    specials: tuple[dict[str, str], dict[str, str]]
    fresh: Callable[[DataConfig, int, int, int], list[Pair]] | None = None
    needs_file: bool = False
    licence: str = ""
    reads: str = N_("its own language")
    split_key: str = "the source"
    forms: Callable[[], tuple[tuple[str, str], ...]] | None = None
    doubt: Callable[[Sequence[str]], str] | None = None
    impossible: Callable[[Sequence[str], str], str] | None = None
    tutorials: str = ""
    like: Callable[[str], bool] | None = None
    measured: bool = True

    @property
    def openings(self) -> Openings:
        """The sentences that pages open on; nothing where none was measured."""
        return openings_of(self.name) if self.measured else Openings()

    @property
    def full_title(self) -> str:
        """Its title, and the tutorials that it belongs to."""
        return " · ".join(tr(part) for part in (self.title, self.tutorials) if part)

    def doubts(self, reading: Reading) -> str:
        """Why a text that was read is none of the task's sources; empty where nothing says so."""
        return self.doubt(_own(reading)) if self.doubt else ""

    def cannot_be(self, reading: Reading, answer: str) -> str:
        """Why an answer is wrong whatever was meant; empty where nothing says so."""
        return self.impossible(_own(reading), answer) if self.impossible else ""

    @property
    def measure(self) -> str:
        """What its models are judged by, for the head of a table."""
        return "BLEU" if self.score == "bleu" else tr("exact match, %")


def _own(reading: Reading) -> tuple[str, ...]:
    """The text's own tokens."""
    return reading.tokens[reading.first : reading.first + reading.length]

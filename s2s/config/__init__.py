"""Configuration: what a model is, how it reads and writes, how it is trained.

Three frozen dataclasses, validated on construction. The help text is field metadata, so that the
command line and the widgets say the same. Every switch exists from the start: a checkpoint never
has to be remade because a field was added. Which cells and attentions there are is known where they
are built: `s2s.model.seq2seq.check_parts`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, TypeVar

from s2s.errors import UserError
from s2s.text import NORMALISERS, TOKENISERS

INPUTS = ("embedding", "one_hot")
ACTIVATIONS = ("none", "relu")
# What each choice hands on from the encoder's last state, and where the first state enters again.
BRIDGES = {"hidden": ("hidden",), "hidden_and_cell": ("hidden", "cell")}
PEEKY = {"none": (), "cell": ("cell",), "cell_and_output": ("cell", "output")}
NO_ATTENTION = "none"
STOPS = ("eos", "fixed_length")
DTYPES = ("float16", "float32")
TEACHER_UNITS = ("sequence", "step", "token")
TEACHER_SCHEDULES = ("constant", "linear", "inverse_sigmoid")
REDUCTIONS = ("non_pad_tokens", "mean_over_steps", "sum_per_pair", "all_positions")
INITS = ("default", "uniform", "book")
OPTIMISERS = ("adam", "sgd")
RATE_SCHEDULES = ("constant", "linear", "cosine")

T = TypeVar("T")


def option(default: Any, text: str, choices: tuple[str, ...] | None = None) -> Any:
    """A field with its help text and, where there are any, its choices."""
    return field(default=default, metadata={"help": text, "choices": choices})


def choose(choices: Mapping[str, T], name: str, what: str) -> T:
    """The choice of that name, where choices are data.

    Raises:
        UserError: when there is none, naming those there are.
    """
    if name not in choices:
        raise UserError(f"{what} is {name!r}; it must be one of {', '.join(choices)}.")
    return choices[name]


def check_choices(config: Any) -> None:
    """Refuse a value of the wrong type or outside a field's choices, naming both."""
    kind = type(config).__name__
    for item in fields(config):
        value = getattr(config, item.name)
        choices = item.metadata.get("choices")
        if choices and value not in choices:
            raise UserError(
                f"{kind}.{item.name} is {value!r}; it must be one of {', '.join(choices)}."
            )
        expected = str(item.type)
        # bool is an int in Python, but "layers: true" is a mistake in a file.
        fits = {
            "int": isinstance(value, int) and not isinstance(value, bool),
            "float": isinstance(value, int | float) and not isinstance(value, bool),
            "bool": isinstance(value, bool),
            "str": isinstance(value, str),
        }
        allowed = [part.strip() for part in expected.split("|")]
        if not (
            any(fits.get(part, False) for part in allowed) or ("None" in allowed and value is None)
        ):
            raise UserError(f"{kind}.{item.name} is {value!r}; it must be {expected}.")
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"{kind}.{item.name} is {value!r}; it must be a finite number.")


def check_positive(config: Any, *names: str) -> None:
    """Refuse numbers below 1 in the named fields."""
    for name in names:
        value = getattr(config, name)
        if value is not None and value < 1:
            raise UserError(f"{type(config).__name__}.{name} is {value}; it must be at least 1.")


@dataclass(frozen=True)
class ModelConfig:
    """The shape of an encoder-decoder. Sizes count units; vocabularies count tokens."""

    source_vocabulary: int = option(0, "number of source tokens, specials included")
    target_vocabulary: int = option(0, "number of target tokens, specials included")
    cell: str = option("gru", "recurrent cell of encoder and decoder")
    layers: int = option(1, "recurrent layers in encoder and decoder")
    hidden: int = option(256, "units per layer; a bidirectional encoder gives half to each way")
    bidirectional: bool = option(False, "the encoder also reads from right to left")
    source_input: str = option("embedding", "how a source token enters the encoder", INPUTS)
    target_input: str = option("embedding", "how a target token enters the decoder", INPUTS)
    source_embedding: int = option(256, "size of a source embedding")
    target_embedding: int = option(256, "size of a target embedding")
    target_activation: str = option("none", "applied to the target embedding", ACTIVATIONS)
    dropout: float = option(0.0, "dropout on embeddings and between layers, while training")
    bridge: str = option("hidden", "what the decoder starts from", tuple(BRIDGES))
    attention: str = option(NO_ATTENTION, "score between decoder state and encoder states")
    attention_slots: int | None = option(
        None, "encoder states lie in this many slots, the empty ones score 0 and take weight"
    )
    attentional_layer: bool = option(True, "tanh(W[c;h]) before the output layer (Luong 2015, 5)")
    peeky: str = option("none", "the encoder's last state also enters every step", tuple(PEEKY))
    reverse_source: bool = option(False, "read the source last token first, specials in place")

    def __post_init__(self) -> None:
        """Check every value and the combinations that cannot be built."""
        check_choices(self)
        check_positive(self, "layers", "hidden", "source_embedding", "target_embedding")
        check_positive(self, "attention_slots")
        if not 0 <= self.dropout < 1:
            raise UserError(f"ModelConfig.dropout is {self.dropout}; it must be in [0, 1).")
        if self.bidirectional and self.hidden % 2:
            raise UserError(
                f"ModelConfig.hidden is {self.hidden}; a bidirectional encoder halves it, "
                "so it must be even."
            )
        if self.carries_cell and self.cell != "lstm":
            raise UserError(f"ModelConfig.bridge {self.bridge} needs cell lstm, not {self.cell}.")
        if self.attention_slots and not self.has_attention:
            raise UserError("ModelConfig.attention_slots needs an attention.")

    @property
    def has_attention(self) -> bool:
        """Whether the decoder looks at the encoder states at every step."""
        return self.attention != NO_ATTENTION

    @property
    def carries_cell(self) -> bool:
        """Whether the bridge hands the cell state on; else the decoder's starts at 0."""
        return "cell" in BRIDGES[self.bridge]

    @property
    def peeks(self) -> tuple[str, ...]:
        """What reads the decoder's first state at every step: cell, output, both or neither."""
        return PEEKY[self.peeky]


@dataclass(frozen=True)
class SequenceConfig:
    """How text becomes tokens and where a sequence begins and ends."""

    source_normaliser: str = option(
        "latin", "rewrites the source text before it is split", tuple(NORMALISERS)
    )
    target_normaliser: str = option(
        "latin", "rewrites the target text before it is split", tuple(NORMALISERS)
    )
    source_tokeniser: str = option("words", "splits the source text", tuple(TOKENISERS))
    target_tokeniser: str = option("words", "splits the target text", tuple(TOKENISERS))
    source_bos: bool = option(False, "a start token stands before the source")
    source_eos: bool = option(True, "an end token stands after the source")
    start_token: str = option("<sos>", "what the decoder is fed first")
    target_repeats_bos: bool = option(False, "the start token is also the first target")
    stop: str = option("eos", "when the decoder stops", STOPS)
    max_source_length: int = option(60, "longest source in tokens, specials not counted")
    max_output_length: int = option(80, "most output tokens, the end token included")
    trained_source_length: int | None = option(None, "longest source seen in training")
    fixed_source_length: int | None = option(None, "pad with real blanks to this many characters")
    shared_vocabulary: bool = option(False, "source and target have one vocabulary")
    weights_dtype: str = option("float16", "how weights are stored", DTYPES)

    def __post_init__(self) -> None:
        """Check every value."""
        check_choices(self)
        check_positive(self, "max_source_length", "max_output_length")
        check_positive(self, "trained_source_length", "fixed_source_length")
        if not self.start_token:
            raise UserError("SequenceConfig.start_token is empty; name a token.")


@dataclass(frozen=True)
class TrainConfig:
    """How a model is trained. Rates are per update, lengths in epochs."""

    epochs: int = option(10, "passes over the training part")
    batch_size: int = option(64, "pairs per update")
    bucketing: bool = option(True, "pairs of like length share a batch")
    optimiser: str = option("adam", "update rule", OPTIMISERS)
    learning_rate: float = option(1e-3, "step size at the start")
    rate_schedule: str = option("constant", "how the step size changes until 0", RATE_SCHEDULES)
    clip: float | None = option(None, "largest norm of the whole gradient")
    init: str = option("default", "how weights start", INITS)
    loss_reduction: str = option("non_pad_tokens", "what the loss averages over", REDUCTIONS)
    teacher_forcing_ratio: float = option(1.0, "share of steps fed the right token at the start")
    teacher_forcing_end: float = option(0.0, "share at the end, for a falling schedule")
    teacher_forcing_unit: str = option("sequence", "what one draw decides", TEACHER_UNITS)
    teacher_forcing_schedule: str = option("constant", "how the share falls", TEACHER_SCHEDULES)
    seed: int = option(1, "seeds weights, order, dropout and teacher forcing")

    def __post_init__(self) -> None:
        """Check every value."""
        check_choices(self)
        check_positive(self, "epochs", "batch_size")
        for name in ("teacher_forcing_ratio", "teacher_forcing_end"):
            if not 0 <= getattr(self, name) <= 1:
                raise UserError(f"TrainConfig.{name} is {getattr(self, name)}; it must be 0 to 1.")
        if self.learning_rate <= 0:
            raise UserError(f"TrainConfig.learning_rate is {self.learning_rate}; it must be > 0.")
        if self.clip is not None and self.clip <= 0:
            raise UserError(f"TrainConfig.clip is {self.clip}; it must be > 0, or none.")


def from_dict(
    kind: type[T], data: Any, where: str, check: Callable[[T], None] = lambda _: None
) -> T:
    """Build a configuration from JSON; unknown and missing fields are refused by name.

    A field that this version does not know could be a switch that changes every number.

    Args:
        kind: the dataclass.
        data: what the file holds.
        where: how to name the place in a message, for example ``config.json, "model"``.
        check: refuses what the dataclass itself cannot know.

    Raises:
        UserError: when ``data`` is no object, lacks a field, has one too many, or a bad value.
    """
    if not isinstance(data, dict):
        raise UserError(f"{where} must be an object.")
    known = {item.name for item in fields(kind)}  # type: ignore[arg-type]
    missing = sorted(known - data.keys())
    if missing:
        raise UserError(f"{where} lacks {', '.join(missing)}.")
    unknown = sorted(data.keys() - known)
    if unknown:
        raise UserError(f"{where} has {', '.join(unknown)}, which this version does not know.")
    try:
        config = kind(**data)
        check(config)
    except UserError as error:
        raise UserError(f"{where}: {error}") from None
    return config


def changes(config: Any) -> dict[str, Any]:
    """The fields that differ from their defaults: what a person wants to read."""
    return {
        item.name: getattr(config, item.name)
        for item in fields(config)
        if item.default is MISSING or getattr(config, item.name) != item.default
    }


def to_dict(config: Any) -> dict[str, Any]:
    """The configuration as JSON values."""
    return asdict(config)

"""Configuration: what a model is, how it reads and writes, how it is trained.

Three frozen dataclasses, validated on construction. The help text is field metadata, so that the
command line and the widgets say the same. A switch that came later says so in its field: where a
file does not have it, its model was built as the default says. Which cells and attentions there are
is known where they are built: `s2s.model.seq2seq.check_parts`.
"""

from __future__ import annotations

from dataclasses import dataclass

from s2s.config.fields import (
    changes,
    check_choices,
    check_positive,
    choose,
    from_dict,
    option,
    to_dict,
)
from s2s.config.model import NO_ATTENTION, ModelConfig
from s2s.errors import UserError
from s2s.text import NORMALISERS, TOKENISERS
from s2s.text.language import later

__all__ = [
    "NO_ATTENTION", "ModelConfig", "SequenceConfig", "TrainConfig", "changes", "choose",
    "from_dict", "to_dict",
]  # fmt: skip

STOPS = ("eos", "fixed_length")
DTYPES = ("float16", "float32")
TEACHER_UNITS = ("sequence", "step", "token")
TEACHER_SCHEDULES = ("constant", "linear", "inverse_sigmoid")
REDUCTIONS = ("non_pad_tokens", "mean_over_steps", "sum_per_pair", "all_positions")
# What a run's loss is reported in, where that is not what it descends: tutorial 3 descends the sum
# over a pair's steps and prints their mean.
REPORTED = {"sum_per_pair": "mean_over_steps"}
INITS = ("default", "uniform", "book")
OPTIMISERS = ("adam", "sgd")
RATE_SCHEDULES = ("constant", "linear", "cosine")


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
    padded_source_length: int | None = option(
        None, "fill the source with its padding token to this many tokens, which are read too",
        later=True,
    )  # fmt: skip
    shared_vocabulary: bool = option(False, "source and target have one vocabulary")
    weights_dtype: str = option("float16", "how weights are stored", DTYPES)

    def __post_init__(self) -> None:
        """Check every value."""
        check_choices(self)
        check_positive(self, "max_source_length", "max_output_length")
        check_positive(self, "trained_source_length", "fixed_source_length")
        check_positive(self, "padded_source_length")
        if not self.start_token:
            raise UserError(later("SequenceConfig.start_token is empty; name a token."))


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
                raise UserError(
                    later("{name} is {value}; it must be 0 to 1.", name=f"TrainConfig.{name}",
                          value=getattr(self, name))
                )  # fmt: skip
        if self.learning_rate <= 0:
            raise UserError(
                later("TrainConfig.learning_rate is {value}; it must be > 0.",
                      value=self.learning_rate)
            )  # fmt: skip
        if self.clip is not None and self.clip <= 0:
            raise UserError(
                later("TrainConfig.clip is {value}; it must be > 0, or none.", value=self.clip)
            )

    @property
    def reported_loss(self) -> str:
        """What the loss of its epochs is averaged over, one of `REDUCTIONS`."""
        return REPORTED.get(self.loss_reduction, self.loss_reduction)

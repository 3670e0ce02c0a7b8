"""Which source tokens an output token depends on, by three methods beside the attention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from s2s.results.base import Array, check_shape
from s2s.results.gradients import MODES, OF
from s2s.results.trace import Reading
from s2s.text.language import tr

# The grids that can be laid side by side, as the fields of a Saliency are named.
METHODS = ("attention", "gradient_x_input", "integrated_gradients", "leave_one_out")
LEFT_OUT = ("removed", "blank")
# A sum over the sources may miss by this share of what it should be, and a cell of the largest
# cell in its row ...
TOLERANCE = 0.01
# ... or by this many nats, whichever is more.
FLOOR = 0.001
# A row of which no cell comes up to this many nats is about next to nothing. Measured on the models
# that ship (docs/verdicts.md): what does not read its input stays ten times below it, the rows of
# all the others lie above it.
MOVED_FROM = 0.01


@dataclass(frozen=True, eq=False)
class Saliency:
    """Attributions of each output token to the source tokens, on the grid of the attention.

    The output is fed and held fixed. A positive cell speaks for the token that was written.

    Attributes:
        model: the checkpoint's name.
        reading: what the model read.
        output: T tokens, the ones whose score was attributed.
        fed: T tokens fed to the decoder.
        of: what a gradient is taken of, the score f_t: ``log_odds`` is ln(p_t / (1 - p_t)),
            ``loss`` is minus the loss, ln p_t. Leaving out is always measured in ln p_t.
        mode: ``free-running`` if the output is the model's own, else ``teacher-forced``.
        left_out: ``removed``: the source is one token shorter; ``blank``: the model reads a fixed
            number of characters, so a blank takes the place of the one that is left out.
    """

    model: str
    reading: Reading
    output: tuple[str, ...]
    fed: tuple[str, ...]
    of: str
    mode: str
    left_out: str
    gradient_x_input: Array
    """[T, S] x_s . df_t/dx_s, summed over the units of the input vector; specials have one too."""
    integrated_gradients: Array
    """[T, S] nats; NaN on start and end tokens, which the baseline keeps."""
    leave_one_out: Array
    """[T, S] ln p_t minus ln p_t without source token s; NaN where it cannot be left out."""
    replaced: Array | None
    """[T, S] the same with the unknown token in the place of s; None if the model has none."""
    attention: Array | None
    """[T, S] attention weights; None without attention."""
    scores: Array
    """[T] f_t of the sentence."""
    baseline: Array
    """[T] f_t where every input vector but those of start and end tokens is 0."""
    points: NDArray[np.int64]
    """[T] points of the path from the baseline at which the gradient was taken."""
    change: Array
    """[T] the most that a cell of the integrated gradients moved when the points were doubled
    last, in nats."""
    log_probabilities: Array
    """[T] ln p_t."""

    def __post_init__(self) -> None:
        """Check every shape against S and T, and every choice."""
        steps, source = len(self.output), len(self.reading.tokens)
        for name in (*METHODS, "replaced"):
            check_shape(self, name, getattr(self, name), (steps, source))
        for name in ("scores", "baseline", "points", "change", "log_probabilities"):
            check_shape(self, name, getattr(self, name), (steps,))
        if len(self.fed) != steps:
            raise ValueError(f"Saliency has {steps} output tokens and {len(self.fed)} fed")
        for name, choices in (("of", OF), ("mode", MODES), ("left_out", LEFT_OUT)):
            if getattr(self, name) not in choices:
                raise ValueError(f"Saliency.{name} is {getattr(self, name)!r}")

    @property
    def source(self) -> tuple[str, ...]:
        """The S source tokens in reading order."""
        return self.reading.tokens

    @property
    def steps(self) -> int:
        """T."""
        return len(self.output)

    @property
    def methods(self) -> tuple[str, ...]:
        """Those of METHODS that this model has."""
        return METHODS if self.attention is not None else METHODS[1:]

    def residual(self) -> Array:
        """[T] sum of the integrated gradients, minus f(sentence) - f(baseline), in nats."""
        return np.nansum(self.integrated_gradients, axis=1) - (self.scores - self.baseline)

    def complete(self) -> NDArray[np.bool_]:
        """[T] whether sum (Sundararajan et al. 2017, prop. 1) and cells are within tolerance."""
        cells = np.nan_to_num(np.abs(self.integrated_gradients)).max(axis=1)
        return (np.abs(self.residual()) <= tolerance(self.scores - self.baseline)) & (
            self.change <= tolerance(cells)
        )

    def incomplete(self) -> str:
        """Which output tokens have integrated gradients to be treated with care; "" if none."""
        places = tuple(t + 1 for t in np.flatnonzero(~self.complete()).tolist())
        if not places:
            return ""
        return tr("The integrated gradients of output token {places} did not settle: treat them "
                  "with care.", places=places)  # fmt: skip

    def sizes(self) -> Array:
        """[T] the largest attribution of each output token, whatever its sign, in nats.

        By integrated gradients or leave-one-out, whichever is larger: where p_t is nearly 1,
        leaving a token out hardly changes ln p_t, though the token is what the answer rests on.
        """
        grids = np.stack([self.integrated_gradients, self.leave_one_out])
        return np.abs(np.nan_to_num(grids)).max(axis=(0, 2))

    def moved(self) -> NDArray[np.bool_]:
        """[T] whether the source moves the output token at all, by MOVED_FROM nats or more.

        Where it does not, the attributions are exact and still say nothing: the token would have
        been written whatever the source.
        """
        return self.sizes() >= MOVED_FROM

    def columns(self) -> tuple[int, ...]:
        """The source positions that every method scores."""
        null = np.isnan(self.integrated_gradients) | np.isnan(self.leave_one_out)
        return tuple(np.flatnonzero(~null.any(axis=0)).tolist())


def tolerance(difference: Array) -> Array:
    """[T] how far a sum or a cell may lie from the size [T] that it should have, in nats."""
    return np.maximum(TOLERANCE * np.abs(difference), FLOOR)

"""The checks of a diagnosis that a map alone can answer, with their own ranges."""

from __future__ import annotations

import math

import numpy as np

from s2s.evaluation.checks import CHECKS
from s2s.evaluation.chips import circled, entropy_share
from s2s.results.diagnosis import Check, Measured
from s2s.results.matrix import Matrix
from s2s.text.language import later

NEEDS = later("A map alone does not tell: it needs the model, or more sentences.")


def judge(found: Matrix) -> tuple[Check, ...]:
    """Every check of attention, and what repeats in the output."""
    top = float(found.attention.mean(0).max())
    circle = circled(found.output)
    share = entropy_share(found.attention)
    measured = {
        "not_normalised": Measured(found.unsummed()),
        "flat_attention": Measured(None, why=NEEDS) if math.isnan(share) else Measured(share, (0,)),
        "stuck_column": Measured(top if len(found.output) > 2 else None, (0,), why=NEEDS),
        "repeats": Measured(float(bool(circle)), (0,)),
        "blind_attention": Measured(None, why=NEEDS),
        "padding_attended": Measured(None, why=NEEDS),
    }
    return tuple(Check.of(name, CHECKS[name][0], one) for name, one in measured.items())


def looked_at(found: Matrix) -> tuple[str, ...]:
    """For each output token, the source token with the largest weight."""
    return tuple(found.source[place] for place in np.argmax(found.attention, 1))

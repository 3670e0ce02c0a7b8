"""Surgery on attention weights: what a step's weights are set to, short enough for a link.

A form is one of

- ``u``: uniform, 1/S each;
- ``o3``: all weight on source token 3;
- ``m3``: the model's own weights with source token 3 set to 0;
- ``s1``, ``s-1``: the model's own weights moved on to the next source token, or back to the one
  before; what falls off one end comes in at the other, so it is the same row in other places;
- ``p7``: the model's own weights in another order, drawn with seed 7;
- ``w5512_2811_0``: S weights in ten-thousandths.

Positions are 0-based among the S tokens the model reads, specials included, in reading order.
Whatever is set is divided by its sum before it is used (`s2s.decoding.single.greedy`), and a model
whose empty slots take weight gives them none at a step that is set. The model's own weights are
those of that step in the run that is edited: the source, the tokens and the weights before it as
edited.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import numpy as np

from s2s.errors import UserError
from s2s.results import Array
from s2s.text import label
from s2s.text.language import N_, Later, later, tr

UNIT = 10_000
"""Parts of a weight in a form: finer than any picture or table shows."""
LONGEST = 6000
_FORM = re.compile(r"u|[om][0-9]{1,4}|s-?1|p[0-9]{1,6}|w[0-9]{1,5}(_[0-9]{1,5})*")


def is_form(text: str) -> bool:
    """Whether a text is written as a form; it may still not fit a source."""
    return len(text) <= LONGEST and _FORM.fullmatch(text) is not None


def needs_own(form: str) -> bool:
    """Whether a form changes the model's own weights, so that they must be known."""
    return form[0] in "msp"


def fits(form: str, size: int) -> bool:
    """Whether a form is about a source of `size` tokens."""
    if form[0] == "w":
        return form.count("_") + 1 == size
    return form[0] not in "om" or int(form[1:]) < size


def row(form: str, size: int, own: Array | None, step: int) -> Array:
    """The weights a form stands for.

    Args:
        form: as above.
        size: S.
        own: [S] the model's own weights; only asked for where `needs_own` says so.
        step: 0-based output step, for messages.

    Returns:
        [S] non-negative weights, float64, to be divided by their sum: the very numbers that
        ``translate --attend STEP:W,W,…`` takes.

    Raises:
        UserError: when the form does not fit the source, or leaves no weight at all.
    """
    kind, rest = form[0], form[1:]
    if not fits(form, size):
        if kind == "w":
            raise UserError(
                later(
                    "The weights of step {step} are for {n} source tokens; the model reads "
                    "{size} now. Set them again.",
                    step=step + 1,
                    n=rest.count("_") + 1,
                    size=size,
                )
            )
        raise UserError(
            later(
                "There is no source token {n} for the weights of step {step}; the model reads "
                "{size}.",
                n=int(rest) + 1,
                step=step + 1,
                size=size,
            )
        )
    if kind == "u":
        return np.full(size, 1 / size)
    if kind == "o":
        return np.eye(size)[int(rest)]
    if kind == "w":
        given = np.array([int(part) for part in rest.split("_")], dtype=np.float64)
        return _some(
            given, later("The weights of step {step} are all 0; leave one some.", step=step + 1)
        )
    if own is None:
        raise ValueError(f"{form} changes the model's own weights, and none were given")
    weights = np.array(own, dtype=np.float64)
    if kind == "m":
        weights[int(rest)] = 0.0
        return _some(
            weights,
            later(
                "At step {step} all weight is on source token {n}; masking it leaves none.",
                step=step + 1,
                n=int(rest) + 1,
            ),
        )
    return np.roll(weights, int(rest)) if kind == "s" else weights[order(size, int(rest))]


def order(size: int, seed: int) -> list[int]:
    """A seeded order of `size` things, never the one they have (where there are two or more)."""
    places = list(range(size))
    draw = random.Random(seed)
    while True:
        draw.shuffle(places)
        if size < 2 or places != sorted(places):
            return places


def form_of(weights: Sequence[float]) -> str:
    """The shortest form of S non-negative weights, rounded to ten-thousandths of their sum.

    Raises:
        UserError: when they are no such weights.
    """
    given = np.asarray(weights, dtype=np.float64)
    if given.ndim != 1 or not given.size or not np.isfinite(given).all() or (given < 0).any():
        raise UserError(later("Weights must be numbers of at least 0, one per source token."))
    given = _some(given, later("The weights are all 0; leave one some.")) / given.max()
    parts = np.rint(given / given.sum() * UNIT).astype(int)
    held = np.flatnonzero(parts)
    if len(held) == 1:
        return f"o{held[0]}"
    if len(held) == len(parts) and (parts == parts[0]).all():
        return "u"
    return "w" + "_".join(map(str, parts))


def describe(form: str, source: Sequence[str]) -> str:
    """What a chip says about a form.

    Args:
        form: as above.
        source: S tokens of the run that is edited.
    """
    kind, rest = form[0], form[1:]
    if kind in "om":
        place = int(rest)
        token = source[place] if place < len(source) else None
        name = tr("source token {n}", n=place + 1) if token is None else label(token, 20)
        if token is not None and list(source).count(token) > 1:
            name += f" ({place + 1})"
        if kind == "o":
            return tr("all weight on {token}", token=name)
        return tr("{token} masked", token=name)
    if kind == "p":
        return tr("attention permuted ({n})", n=int(rest))
    return tr({
        "u": N_("attention uniform"), "w": N_("attention edited"),
        "s1": N_("attention moved one token on"), "s-1": N_("attention moved one token back"),
    }[form if kind == "s" else kind])  # fmt: skip


def _some(weights: Array, message: Later) -> Array:
    if not weights.max() > 0:
        raise UserError(message)
    return weights

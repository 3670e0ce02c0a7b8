"""Tutorial 1's figure: how much of one token's loss reaches each hidden state, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from s2s.plots.base import Chart
from s2s.plots.curves import Curve, Frame, Point, curves_chart
from s2s.plots.families import Family
from s2s.plots.palette import LIGHT, Palette
from s2s.text.numbers import number

SIDES = {"h": "encoder", "s": "decoder"}
COLOURS = ("gradient", "attention", "peeky", "edit", "text")
"""One a state, by their names in a palette: here they tell lines apart and mean nothing more."""
DASHES = ((), (6, 3), (2, 3), (8, 3, 2, 3), (1, 2))
Gradients = Mapping[str, Sequence[float]]


def state_gradients(
    gradients: Gradients,
    side: str,
    model: str,
    token: str,
    palette: Palette = LIGHT,
    names: Mapping[str, str] | None = None,
    log: bool = True,
    domain: tuple[float, float] | None = None,
) -> Chart | None:
    """Draw the gradients at the encoder's or the decoder's states, one line per state.

    Args:
        gradients: h1 … s1 … to one value per epoch.
        side: "h" the encoder's states, "s" the decoder's.
        model: stands in the title.
        token: whose loss it is.
        palette: the theme's colours; lines differ by colour, dashes and names.
        names: what a state read or wrote, for its name.
        log: a logarithmic axis.
        domain: smallest and largest value of all figures that are compared; None for an axis of
            its own.
    """
    states = [state for state in gradients if state[:1] == side]
    curves = []
    for place, state in enumerate(states):
        look = Family(COLOURS[place % len(COLOURS)], "", "circle", DASHES[place % len(DASHES)], "")
        points = tuple(
            Point(epoch, value, value, value)
            for epoch, value in enumerate(gradients[state], 1)
            if math.isfinite(value) and (value > 0 or not log)
        )
        said = (names or {}).get(state)
        curves.append(Curve(f"{state} {said}" if said else state, look, points, front=True))
    if not any(curve.points for curve in curves):
        return None
    title = f"{model}, {SIDES[side]} states: Σ|gradient| of the loss of “{token}” alone"
    frame = Frame(title + (", log scale" if log else ""), digits=4, log=log)
    if domain is not None:
        frame = replace(frame, bounds=domain)
    return curves_chart(curves, frame, palette)


def span(all_gradients: Sequence[Gradients], side: str) -> tuple[float, float] | None:
    """Smallest and largest positive value at one side's states, over several models."""
    values = [
        value
        for gradients in all_gradients
        for state, own in gradients.items()
        if state[:1] == side
        for value in own
        if math.isfinite(value) and value > 0
    ]
    return (min(values), max(values)) if values else None


LEVEL = "as much"


def gradient_finding(gradients: Gradients, token: str) -> str:
    """How much less reaches the first encoder state than the last, in the last epoch."""
    told = gradient_ratio(gradients)
    if not told:
        return ""
    states = [state for state in gradients if state[:1] == "h"]
    return (
        f"In epoch {len(gradients[states[0]])}, {told} of the loss of “{token}” reaches "
        f"{states[0]}, the first encoder state, {'as' if told == LEVEL else 'than'} {states[-1]}, "
        "the last."
    )


def gradient_ratio(gradients: Gradients) -> str:
    """The first encoder state against the last in the last epoch: "20 times less"; or empty.

    Where they hardly differ it is `LEVEL`.
    """
    states = [state for state in gradients if state[:1] == "h" and gradients[state]]
    if len(states) < 2:
        return ""
    first, last = gradients[states[0]][-1], gradients[states[-1]][-1]
    if not (math.isfinite(first) and math.isfinite(last) and first > 0 and last > 0):
        return ""
    ratio = float(f"{max(first, last) / min(first, last):.2g}")
    if ratio < 1.1:
        return LEVEL
    return f"{number(ratio, 0 if ratio >= 10 else 1)} times {'less' if first < last else 'more'}"

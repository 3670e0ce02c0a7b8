"""Tutorial 1's figure: how much of one token's loss reaches each hidden state, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from s2s.plots.base import Chart
from s2s.plots.curves import Curve, Frame, Point, curves_chart
from s2s.plots.families import Family
from s2s.plots.palette import LIGHT, Palette
from s2s.text.language import N_, tr
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
    title = tr(_TITLES[side, log], model=model, token=f"“{token}”")
    frame = Frame(title, digits=4, log=log)
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


_TITLES = {
    ("h", True): N_("{model}, encoder states: Σ|gradient| of the loss of {token} alone, log scale"),
    ("h", False): N_("{model}, encoder states: Σ|gradient| of the loss of {token} alone"),
    ("s", True): N_("{model}, decoder states: Σ|gradient| of the loss of {token} alone, log scale"),
    ("s", False): N_("{model}, decoder states: Σ|gradient| of the loss of {token} alone"),
}


def gradient_finding(gradients: Gradients, token: str) -> str:
    """How much less reaches the first encoder state than the last, in the last epoch."""
    states, ratio = [state for state in gradients if state[:1] == "h"], _ratio(gradients)
    if ratio is None:
        return ""
    text = (
        N_("In epoch {epoch}, as much of the loss of {token} reaches {first}, the first encoder "
           "state, as {last}, the last.")
        if not _told(ratio)
        else N_("In epoch {epoch}, {ratio} times less of the loss of {token} reaches {first}, the "
                "first encoder state, than {last}, the last.")
        if ratio < 1
        else N_("In epoch {epoch}, {ratio} times more of the loss of {token} reaches {first}, the "
                "first encoder state, than {last}, the last.")
    )  # fmt: skip
    return tr(text, epoch=len(gradients[states[0]]), ratio=_told(ratio), token=f"“{token}”",
              first=states[0], last=states[-1])  # fmt: skip


def gradient_ratio(gradients: Gradients) -> str:
    """The first encoder state against the last in the last epoch: "20 times less"; or empty."""
    ratio = _ratio(gradients)
    if ratio is None:
        return ""
    if not _told(ratio):
        return tr("as much")
    text = N_("{ratio} times less") if ratio < 1 else N_("{ratio} times more")
    return tr(text, ratio=_told(ratio))


def _ratio(gradients: Gradients) -> float | None:
    """The first encoder state's value over the last one's; None where there is none."""
    states = [state for state in gradients if state[:1] == "h" and gradients[state]]
    if len(states) < 2:
        return None
    first, last = gradients[states[0]][-1], gradients[states[-1]][-1]
    if not (math.isfinite(first) and math.isfinite(last) and first > 0 and last > 0):
        return None
    return first / last


def _told(ratio: float) -> str:
    """A ratio, or its inverse where that is larger, to two digits; empty where it is nearly 1."""
    rough = float(f"{max(ratio, 1 / ratio):.2g}")
    return "" if rough < 1.1 else number(rough, 0 if rough >= 10 else 1)

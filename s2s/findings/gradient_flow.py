"""The one sentence above the gradient curves, made from their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from s2s.findings.readout import LONGEST, SHOWN_FROM, Part
from s2s.results import Array, GradientFlow
from s2s.text import label
from s2s.text.numbers import percent, places, times

ORDER = ("plain", "peeky", "attention")
SAME = 1.15
"""Sizes whose ratio is below this are called the same."""


@dataclass(frozen=True, eq=False)
class Line:
    """One model's gradients.

    Attributes:
        name: what stands at the line's end.
        family: name of its family: plain, peeky or attention.
        flow: its gradients; every line of a figure has the same source and output tokens.
        front: the model that the page is about.
    """

    name: str
    family: str
    flow: GradientFlow
    front: bool = False


def flow_finding(
    lines: Sequence[Line], step: int, attention: Array | None = None
) -> tuple[Part, ...]:
    """Say how much of the gradient is left far back, against the encoder state nearest to it.

    Args:
        lines: the models of the figure.
        step: 0-based output step.
        attention: [T, S] weights of the model in front, if it has attention: then "far back" is
            where it looked most. Otherwise it is the state furthest back.

    Returns:
        Parts of kind ``plain``, ``token`` and ``strong``.
    """
    front = next((line for line in lines if line.front), lines[0])
    far = far_state(front.flow, step, attention)
    flow = front.flow
    away = {line.flow.distances(step)[far] for line in lines}
    parts = [Part("For "), *_token(flow.output, step), Part(": the encoder state of "),
             *_token(flow.source, far)]  # fmt: skip
    steps = next(iter(away))
    where = [f"lies {steps} step{'s' * (steps != 1)} back"] if len(away) == 1 else []
    if attention is not None and attention[step, far] >= SHOWN_FROM:
        where.append(f"has {percent(float(attention[step, far]))} of {front.name}’s weight")
    parts.append(Part(f" {' and '.join(where) or 'lies further back in some models'}. "
                      "Against the last encoder state, the gradient there is "))  # fmt: skip
    ordered = sorted(lines, key=lambda line: (ORDER.index(line.family), not line.front))
    for place, line in enumerate(ordered):
        if place:
            parts.append(Part(", " if place < len(ordered) - 1 else " and "))
        parts += [Part(_against(line.flow, step, far), "strong"), Part(f" in {line.name}")]
    return (*parts, Part("."))


def far_state(flow: GradientFlow, step: int, attention: Array | None = None) -> int:
    """The source place the sentence is about: looked at most, or furthest back."""
    away = np.array(flow.distances(step))
    if attention is not None:
        most = int(np.argmax(attention[step]))
        # Not the last encoder state itself, and not where it hardly looked: empty slots may have
        # the weight.
        if away[most] > step + 1 and attention[step, most] >= SHOWN_FROM:
            return most
    first, length = flow.reading.first, flow.reading.length
    text = np.arange(len(away))[first : first + length] if length else np.arange(len(away))
    return int(text[np.argmax(away[text])])


def ratio(flow: GradientFlow, step: int, far: int) -> float:
    """The gradient at one encoder state divided by that at the last one; NaN if that is 0."""
    near = flow.distances(step).index(step + 1)
    last = float(flow.encoder[step, near])
    return float(flow.encoder[step, far]) / last if last > 0 else math.nan


def _against(flow: GradientFlow, step: int, far: int) -> str:
    found = ratio(flow, step, far)
    if math.isnan(found):
        return "not to be compared"
    if found == 0:
        return "0"
    if 1 / SAME < found < SAME:
        return "about the same"
    return f"{times(found)} larger" if found > 1 else f"{times(1 / found)} smaller"


def _token(tokens: Sequence[str], at: int) -> tuple[Part, ...]:
    """A token, and which one it is where it stands more than once."""
    named = Part(label(tokens[at], LONGEST), "token")
    place = places(tokens)[at]
    return (named, Part(place)) if place else (named,)

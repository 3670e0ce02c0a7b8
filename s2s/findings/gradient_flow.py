"""The one sentence above the gradient curves, made from their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from s2s.findings.readout import LONGEST, SHOWN_FROM, Part, listed, parts
from s2s.results import Array, GradientFlow
from s2s.text import label
from s2s.text.language import tr
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
    weight = None
    if attention is not None and attention[step, far] >= SHOWN_FROM:
        weight = percent(float(attention[step, far]))
    ordered = sorted(lines, key=lambda line: (ORDER.index(line.family), not line.front))
    told = listed([
        parts(tr("{size} in {name}"), size=Part(_against(line.flow, step, far), "strong"),
              name=line.name)
        for line in ordered
    ])  # fmt: skip
    return parts(
        tr("{place} Against the last encoder state, the gradient there is {told}."),
        place=parts(
            _place(next(iter(away)) if len(away) == 1 else None, weight is not None),
            token=_token(flow.output, step), state=_token(flow.source, far),
            steps=str(next(iter(away))), share=weight or "", name=front.name,
        ),
        told=told,
    )  # fmt: skip


def _place(steps: int | None, looked: bool) -> str:
    """What is said of the state: how far back it lies, where that is one number, and its weight."""
    if steps is None:
        return (
            tr("For {token}: the encoder state of {state} has {share} of {name}’s weight.")
            if looked
            else tr("For {token}: the encoder state of {state} lies further back in some models.")
        )
    if steps == 1:
        return (
            tr("For {token}: the encoder state of {state} lies {steps} step back and has {share} "
               "of {name}’s weight.")
            if looked
            else tr("For {token}: the encoder state of {state} lies {steps} step back.")
        )  # fmt: skip
    return (
        tr("For {token}: the encoder state of {state} lies {steps} steps back and has {share} of "
           "{name}’s weight.")
        if looked
        else tr("For {token}: the encoder state of {state} lies {steps} steps back.")
    )  # fmt: skip


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
        return tr("not to be compared")
    if found == 0:
        return "0"
    if 1 / SAME < found < SAME:
        return tr("about the same")
    if found > 1:
        return tr("{ratio} larger", ratio=times(found))
    return tr("{ratio} smaller", ratio=times(1 / found))


def _token(tokens: Sequence[str], at: int) -> tuple[Part, ...]:
    """A token, and which one it is where it stands more than once."""
    named = Part(label(tokens[at], LONGEST), "token")
    place = places(tokens)[at]
    return (named, Part(place)) if place else (named,)

"""Beside the map: scores before the softmax, how spread each row is, how much each column got."""

from __future__ import annotations

import math

import numpy as np

from s2s.plots.base import Chart
from s2s.plots.curve_frame import lines_of
from s2s.plots.heat_map import heat_map
from s2s.plots.labels import mode_of
from s2s.plots.map_frame import EMPTY, Tokens, names_of
from s2s.plots.palette import LIGHT, Palette
from s2s.plots.walk_strips import Bar, bars_chart
from s2s.results import Trace
from s2s.text import label
from s2s.text.language import tr
from s2s.text.numbers import number

HALF = 380
"""Px of a title beside another figure."""


def score_map(trace: Trace, palette: Palette = LIGHT, step: int | None = None) -> Chart:
    """Scores e_tj of every step on the signed scale, T rows by S columns.

    Raises:
        ValueError: the model has no attention.
    """
    if trace.scores is None:
        raise ValueError(f"{trace.model} has no attention")
    most = float(np.abs(trace.scores).max()) or 1.0
    outputs = tuple(
        f"▸ {label(token)}" if t == step else token for t, token in enumerate(trace.output)
    )
    ends = number(most, 1)
    return heat_map(
        trace.scores,
        Tokens(trace.source, outputs),
        names_of(Tokens(trace.source, trace.output))[0],
        lambda value: (value / most + 1) / 2,
        lambda value: number(value, 2),
        (palette.signed_scale, ((ends, 1.0), ("0", 0.5), (f"−{ends}", 0.0))),
        tr("Scores before the softmax, −{most} to {most} ({mode})", most=ends, mode=_mode(trace)),
        palette,
    )


def entropy_chart(trace: Trace, palette: Palette = LIGHT, step: int | None = None) -> Chart:
    """Entropy of each row as a share of the largest there can be: 0 one token, 1 all alike."""
    entropy = trace.entropy()
    most = _most(trace)
    bars = [
        Bar(label(token), float(value) / most, f"{number(float(value), 2)} nats", t == step)
        for t, (token, value) in enumerate(zip(trace.output, entropy, strict=True))
    ]
    chart = bars_chart(bars, palette.text, palette.bar, palette)
    title = tr("How spread each row is: entropy, at most {most} nats ({mode})",
               most=number(most, 2), mode=_mode(trace))  # fmt: skip
    return Chart(chart | {"title": {"text": _wrap(title), "offset": 8}})


def coverage_chart(trace: Trace, palette: Palette = LIGHT) -> Chart:
    """Sum of the weights that each source token received over all steps."""
    coverage = trace.coverage()
    most = max(float(coverage.max()), 1e-9)
    bars = [
        Bar(label(token), float(value) / most, number(float(value), 2), float(value) == most)
        for token, value in zip(trace.source, coverage, strict=True)
    ]
    if trace.empty_attention is not None:
        empty = float(trace.empty_attention.sum())
        bars.append(Bar(tr(EMPTY), min(empty / most, 1.0), number(empty, 2)))
    chart = bars_chart(bars, palette.attention, palette.attention, palette)
    title = tr("How much each source token got: sum of its weights ({mode})", mode=_mode(trace))
    return Chart(chart | {"title": {"text": _wrap(title), "offset": 8}})


def margins_finding(trace: Trace) -> str:
    """Which row is most spread, and which token got least, in a sentence."""
    outputs, sources = names_of(trace)
    entropy, coverage = trace.entropy(), trace.coverage()
    spread, least = int(np.argmax(entropy)), int(np.argmin(coverage))
    return tr(
        "Most spread is the row of {row} ({entropy} of at most {most} nats); least weight over all "
        "steps went to {token} ({weight}).",
        row=outputs[spread], entropy=number(float(entropy[spread]), 2),
        most=number(_most(trace), 2), token=sources[least],
        weight=number(float(coverage[least]), 2),
    )  # fmt: skip


def _most(trace: Trace) -> float:
    """The natural logarithm of the number of places: an even row’s entropy."""
    return max(math.log(len(trace.source)), 1e-9)


def _mode(trace: Trace) -> str:
    return mode_of(len(trace.forced), trace.steps)


def _wrap(title: str) -> list[str]:
    """Two lines where one would be too long for half a page."""
    return lines_of(title, HALF)

"""What the recurrent states hold: a map of units by tokens, and three curves in line with it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from s2s.plots.base import Chart
from s2s.plots.curves import Curve, Frame, Point, curves_chart
from s2s.plots.families import Family
from s2s.plots.heat_map import CURVE_HEIGHT, heat_map, named, over_tokens
from s2s.plots.labels import MODES
from s2s.plots.map_frame import Tokens
from s2s.plots.palette import LIGHT, Palette
from s2s.results import Array, HiddenStates, LayerStates
from s2s.text.language import N_, filled, tr
from s2s.text.numbers import number

SIDES = ("encoder", "decoder")
MOST_UNITS = 64
SIGNED = {"state": N_("hidden state h"), "cell": N_("cell state c"), "candidate": N_("candidate"),
          "new": N_("new state")}  # fmt: skip
"""What can be negative; the rest are gates between 0 and 1."""
GATES = {"input": N_("input gate"), "forget": N_("forget gate"), "output": N_("output gate"),
         "reset": N_("reset gate"), "update": N_("update gate")}  # fmt: skip
MEANINGS = {
    "state": N_("The hidden state is what a step hands on to the next one."),
    "cell": N_("The cell state is the LSTM's memory; the gates decide what of it changes."),
    "input": N_("Input gate: 1 lets the candidate into the cell state, 0 keeps it out."),
    "forget": N_("Forget gate: 1 keeps the cell state, 0 wipes it."),
    "candidate": N_("The candidate is what the input gate can let into the cell state."),
    "output": N_("Output gate: 1 shows the cell state in the hidden state, 0 hides it."),
    "reset": N_("Reset gate: 1 uses the old state for the new one, 0 ignores it."),
    "update": N_("Update gate: 1 keeps the old state, 0 replaces it by the new one (Cho et al. "
                 "2014)."),
    "new": N_("The new state is what the update gate can let in."),
}  # fmt: skip
SETTLED = 0.9


def layer_of(states: HiddenStates, side: str, layer: int) -> LayerStates:
    """One layer, the lowest being 0.

    Raises:
        ValueError: there is no such side or layer.
    """
    if side not in SIDES or not 0 <= layer < len(states.encoder):
        raise ValueError(f"no {side!r} layer {layer} in a model with {len(states.encoder)}")
    return getattr(states, side)[layer]


def kinds(layer_states: LayerStates) -> tuple[str, ...]:
    """What a cell has: state, an LSTM's cell, the gates."""
    return ("state", *(() if layer_states.cells is None else ("cell",)), *layer_states.gates)


def values_of(layer_states: LayerStates, what: str) -> Array:
    """[N, H] of one of `kinds`."""
    if what not in kinds(layer_states):
        raise ValueError(f"no {what!r} here, only {', '.join(kinds(layer_states))}")
    own = {"state": layer_states.states, "cell": layer_states.cells, **layer_states.gates}
    values = own[what]
    assert values is not None  # it is one of the kinds
    return values


def liveliest(layer_states: LayerStates, count: int) -> tuple[int, ...]:
    """The units whose state varies most over the tokens (standard deviation), by number."""
    spread, size = layer_states.states.std(axis=0), np.abs(layer_states.states).mean(axis=0)
    order = np.lexsort((-size, -spread))  # of a single token: the largest
    return tuple(sorted(order[:count].tolist()))


def backward_from(states: HiddenStates, side: str, layer: int) -> int | None:
    """The first unit of a bidirectional encoder's backward half; None where there is none.

    A way starts from zero; the backward half has come a long way where the forward one starts.
    """
    own = layer_of(states, side, layer)
    half = own.states.shape[1] // 2
    return half if side == "encoder" and own.before[states.places[0], half:].any() else None


def tokens_of(states: HiddenStates, side: str) -> tuple[str, ...]:
    """N tokens: read in the encoder, written in the decoder."""
    return states.source if side == "encoder" else states.output


def where(states: HiddenStates, side: str, layer: int) -> str:
    """Such as "Encoder layer 1 of 2"; the only layer has no number."""
    count = len(states.encoder)
    if count == 1:
        return tr("Encoder") if side == "encoder" else tr("Decoder")
    text = N_("Encoder layer {n} of {of}") if side == "encoder" else N_("Decoder layer {n} of {of}")
    return tr(text, n=layer + 1, of=count)


def unit_map(
    states: HiddenStates,
    side: str,
    layer: int,
    what: str,
    units: Sequence[int],
    palette: Palette = LIGHT,
    step: int | None = None,
    width: int = 1000,
) -> Chart:
    """Draw units by tokens: encoder tokens in reading order, or the decoder's steps.

    A decoder's column is the step that writes its token. Signed values run from -1 to 1, a cell
    state's as far as the largest one drawn; gates from 0 to 1, in ink, not attention's blue.

    Args:
        states: of one sentence.
        side: "encoder" or "decoder".
        layer: 0-based, from below.
        what: one of `kinds`.
        units: at most 64 numbers of units, one row each.
        palette: the theme's colours.
        step: 0-based column to outline.
        width: px, for a figure outside a page; a page stretches it.

    Raises:
        ValueError: there is no such layer, unit or column, or there are too many rows.
    """
    own, tokens = layer_of(states, side, layer), tokens_of(states, side)
    values = values_of(own, what)
    if not 0 < len(units) <= MOST_UNITS or not all(0 <= u < values.shape[1] for u in units):
        raise ValueError(f"{len(units)} units of {values.shape[1]}; a map has 1 to {MOST_UNITS}")
    if step is not None and not 0 <= step < len(tokens):
        raise ValueError(f"column {step} of a map with {len(tokens)} columns")
    shown = values[:, list(units)].T
    signed = what in SIGNED
    # A hidden state leaves -1 to 1 only where a GRU's first decoder state is outside.
    most = float(np.abs(shown).max()) if signed else 1.0
    most = most or 1.0 if what == "cell" else max(most, 1.0)
    low = -most if signed else 0.0
    colours = palette.signed_scale if signed else (palette.surface, palette.text)
    back = backward_from(states, side, layer)
    marks = ["" if back is None else "→" if u < back else "←" for u in units]
    first, last = (number(end, 0 if most == 1 else 2) for end in (low, most))
    count = values.shape[1]
    text = (
        N_("{where}: {what} of all {of} units, one row each, {low} to {high} ({how})")
        if len(units) == count
        else N_("{where}: {what} of {n} of {of} units, one row each, {low} to {high} ({how})")
    )
    title = tr(
        text, where=where(states, side, layer), what=tr((SIGNED | GATES)[what]), n=len(units),
        of=count, low=first, high=last,
        how=", ".join([tr(MODES[states.mode]), *_order(states, side, back)]),
    )  # fmt: skip
    rows = tuple(f"{mark}{unit}" for mark, unit in zip(marks, units, strict=True))
    grid = Tokens(tokens, rows, attention=np.eye(len(tokens)))  # an outlined column keeps its label
    middle = number((low + most) / 2, 0 if signed else 1)
    return heat_map(
        shown, grid, [tr("unit {n}", n=unit) for unit in units],
        lambda value: (value - low) / (most - low), lambda value: number(value, 2),
        (colours, ((last, 1.0), (middle, 0.5), (first, 0.0))), title, palette, step, width=width,
    )  # fmt: skip


def _order(states: HiddenStates, side: str, back: int | None) -> list[str]:
    """How the encoder reads, where that is not from left to right alone."""
    if side == "encoder" and back is not None:
        return [tr("→ reads forwards, ← backwards")]
    turned = states.places != tuple(range(len(states.places)))
    backwards = side == "encoder" and turned
    return [tr("reads backwards, shown in reading order")] if backwards else []


def state_curves(
    states: HiddenStates, side: str, layer: int, palette: Palette = LIGHT, width: int = 1000
) -> tuple[Chart, Chart, Chart]:
    """Size of the state, how far each token moved it, cosine to the final state; as `unit_map`."""
    own, tokens = layer_of(states, side, layer), tokens_of(states, side)
    ink = Family("text", "", "circle", (), "")
    size = (
        tr("{where}: size of the state, the length |h| of the vector ({mode})")
        if side == "encoder"
        else tr("{where}: size of the decoder state, the length |h| of the vector ({mode})")
    )
    moved = tr("{where}: how far each step moves the state, |h − h before| ({mode})")
    near = tr("{where}: cosine with the final state, at most 1 ({mode})")
    told = (
        (size, own.norms(), (0.0, None)),
        (moved, own.updates(), (0.0, None)),
        (near, own.to_final(), (0.0, 1.0)),
    )
    told_of: dict[str, object] = {
        "where": where(states, side, layer), "mode": tr(MODES[states.mode]),
    }  # fmt: skip
    charts = []
    for text, values, bounds in told:
        points = tuple(
            Point(x, v, v, v) for x, v in enumerate(values.tolist(), 1) if math.isfinite(v)
        ) or (Point(1, 0.0, 0.0, 0.0),)
        frame = Frame(filled(text, told_of), bounds=bounds)
        chart = curves_chart([Curve("", ink, points, front=True)], frame, palette, width)
        charts.append(over_tokens(chart, tokens, palette, CURVE_HEIGHT))
    first, second, third = charts
    return first, second, third


def unit_finding(
    states: HiddenStates, side: str, layer: int, what: str, units: Sequence[int]
) -> str:
    """What the map shows, in one sentence of plain text: the widest unit, or the gate's mean."""
    values = values_of(layer_of(states, side, layer), what)
    names = named(tokens_of(states, side))
    if what not in SIGNED:
        mean = values.mean(axis=1)
        high, low = int(mean.argmax()), int(mean.argmin())
        return tr(
            "Over all {n} units the {gate} is on average highest at {top} ({most}) and lowest at "
            "{bottom} ({least}).",
            n=values.shape[1], gate=tr(GATES[what]), top=names[high], most=number(mean[high], 2),
            bottom=names[low], least=number(mean[low], 2),
        )  # fmt: skip
    shown = values[:, list(units)]
    best = int(np.ptp(shown, axis=0).argmax())
    column = shown[:, best]
    low, high = int(column.argmin()), int(column.argmax())
    return tr(
        "Of these units, number {unit} moves most: from {least} at {bottom} to {most} at {top}.",
        unit=units[best], least=number(column[low], 2), bottom=names[low],
        most=number(column[high], 2), top=names[high],
    )  # fmt: skip


def state_finding(states: HiddenStates, side: str, layer: int) -> str:
    """Where the state moves most, and from where on it is near the final one; plain text."""
    own, names = layer_of(states, side, layer), named(tokens_of(states, side))
    moves, near = own.updates(), own.to_final()
    most = int(moves.argmax())
    text = (
        N_("The state moves most at reading {token}, by {size}")
        if side == "encoder"
        else N_("The state moves most at writing {token}, by {size}")
    )
    told = tr(text, token=names[most], size=number(moves[most], 2))
    if backward_from(states, side, layer) is not None:
        best = int(np.nan_to_num(near, nan=-1).argmax())
        return tr(
            "{moved}; its halves end at opposite ends of the sentence, and it is nearest the final "
            "state at {token} (cosine {cosine}).",
            moved=told, token=names[best], cosine=number(near[best], 2),
        )  # fmt: skip
    order = states.places if side == "encoder" else tuple(range(states.steps))
    # A comparison with NaN, the cosine of a zero vector, is false.
    away = [place for place, token in enumerate(order) if not near[token] >= SETTLED]
    start = away[-1] + 1 if away else 0
    if start >= len(order) - 1:
        return tr("{moved}; only the last step brings it within a cosine of 0.9 of the final "
                  "state.", moved=told)  # fmt: skip
    return tr("{moved}; from {token} on it is within a cosine of 0.9 of the final state.",
              moved=told, token=names[order[start]])  # fmt: skip

"""What the hidden states of one sentence hold: units by tokens, and how the state moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from s2s.errors import UserError
from s2s.export.tables import csv_bytes
from s2s.plots import Chart
from s2s.plots.hidden_states import (
    MEANINGS,
    MOST_UNITS,
    SIDES,
    kinds,
    layer_of,
    liveliest,
    state_curves,
    state_finding,
    tokens_of,
    unit_finding,
    unit_map,
    values_of,
)
from s2s.plots.palette import Palette
from s2s.results import HiddenStates, Source
from s2s.text.language import N_, tr
from ui.cached import states as cached_states
from ui.cached.states import Target
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts.export import TakeAway

SIDE, LAYER, WHAT = "gradients_side", "gradients_layer", "gradients_what"
UNITS, UNITS_OF = "gradients_units", "gradients_units_of"
AT_FIRST = 16
NAMES = {
    "encoder": N_("Encoder"),
    "decoder": N_("Decoder"),
    "state": N_("State"),
    "cell": N_("Cell"),
    "candidate": N_("Candidate"),
    "new": N_("New state"),
    "input": N_("Input gate"),
    "forget": N_("Forget gate"),
    "output": N_("Output gate"),
    "reset": N_("Reset gate"),
    "update": N_("Update gate"),
}
"""What can be picked, as it is called."""


def show(
    chosen: Model, text: Source, target: Target, step: int, palette: Palette, take: TakeAway
) -> None:  # fmt: skip
    """Controls, the map of units, the three curves, the numbers as files.

    Args:
        chosen: the model.
        text: the source.
        target: what the decoder is made to write; None for its own answer.
        step: 0-based output step, outlined among the decoder's.
        palette: the colours of the visitor's theme.
        take: the page's menu of files.
    """
    try:
        states = cached_states.hidden_states(chosen.key, text, target or None)
    except UserError as error:
        st.warning(plain(str(error)))
        return
    with st.container(horizontal=True, key="gradients-states-choice"):
        side = _pick(tr("Part"), SIDES, SIDE)
        layer = 0
        if len(states.encoder) > 1:
            layers = tuple(range(1, len(states.encoder) + 1))
            layer = _pick(tr("Layer, from below"), layers, LAYER) - 1
        what = _pick(tr("What"), kinds(layer_of(states, side, layer)), WHAT)
    units = _units(chosen, states, side, layer)
    said, told = unit_finding(states, side, layer, what, units), state_finding(states, side, layer)
    st.markdown(literal(said))
    outlined = step if side == "decoder" and 0 <= step < states.steps else None
    shown = unit_map(states, side, layer, what, units, palette, outlined)
    charts = {"units": shown}
    figure(shown, "gradients-units", said)
    notes = [tr(MEANINGS[what])]
    if side == "decoder":
        notes.append(tr("A decoder's column is the step that writes its token."))
    st.caption(" ".join(notes))
    st.markdown(literal(told))
    names = ("size", "update", "cosine")
    for name, chart in zip(names, state_curves(states, side, layer, palette), strict=True):
        charts[name] = chart
        figure(chart, f"gradients-{name}", told)
    name = f"{states.model.replace('/', '-')}-{side}-states"
    take.pictures(charts, name)
    take.file(
        "numbers", tr("States"), f"{name}.csv",
        lambda: csv_bytes(rows(states, side, layer, what, units)),
        tr("The numbers of these figures, a row for each token."),
    )  # fmt: skip


def _pick(title: str, options: Sequence[Any], key: str) -> Any:
    """One of a few; what another model or part had and this one has not is forgotten."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    picked = st.segmented_control(
        title, options, key=key, required=True, format_func=_named, wrap=True
    )
    return picked if picked in options else options[0]


def _named(option: Any) -> str:
    return tr(NAMES[option]) if option in NAMES else str(option)


def _units(chosen: Model, states: HiddenStates, side: str, layer: int) -> tuple[int, ...]:
    """The visitor's units, or else the liveliest of this sentence."""
    own = layer_of(states, side, layer)
    count = own.states.shape[1]
    first = liveliest(own, AT_FIRST)
    whose = chosen.key, side, layer
    if st.session_state.get(UNITS_OF) != whose or UNITS not in st.session_state:
        st.session_state[UNITS] = list(first)
        st.session_state.pop(UNITS_OF, None)

    def mine() -> None:
        st.session_state[UNITS_OF] = whose

    picked = st.multiselect(
        tr("Units (0 to {last}, at most {n} at once)", last=count - 1, n=MOST_UNITS),
        range(count),
        key=UNITS,
        max_selections=MOST_UNITS,
        on_change=mine,
        placeholder=tr("The {n} liveliest", n=len(first)),
        help=tr("At first the {n} whose state varies most over the tokens.", n=len(first)),
    )
    # The browser can send anything.
    fitting = {unit for unit in picked if isinstance(unit, int) and 0 <= unit < count}
    return tuple(sorted(fitting)[:MOST_UNITS]) or first


def rows(
    states: HiddenStates, side: str, layer: int, what: str, units: Sequence[int]
) -> list[dict[str, Any]]:
    """The numbers of map and curves, a row for each token."""
    own = layer_of(states, side, layer)
    values = values_of(own, what)
    moves = zip(own.norms(), own.updates(), own.to_final(), strict=True)
    return [
        {
            "place": place + 1, "token": token, "mode": states.mode,
            "state_size": size, "update_size": update, "cosine_to_final": cosine,
            **{f"{what}_{unit}": values[place, unit] for unit in units},
        }
        for place, (token, (size, update, cosine)) in enumerate(
            zip(tokens_of(states, side), moves, strict=True)
        )
    ]  # fmt: skip


def literal(sentence: str) -> str:
    """As `plain`, but ␣ stays: it may be the whole token."""
    return "␣".join(plain(part) for part in sentence.split("␣"))


def figure(chart: Chart, key: str, said: str) -> None:
    """A figure as wide as the page, in a container that never makes the page scroll sideways."""
    with st.container(key=f"figure-{key}"):
        st.vega_lite_chart(chart, theme=None, width="stretch", key=f"chart-{key}", alt=said)

"""Which state is looked at: its controls, and its name in the address, h3 or s4."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from s2s.results import Trace
from s2s.text.language import tr
from ui.frame import link
from ui.frame.model import Model
from ui.parts.token_picker import plain_token

AT, PICKED, LAYER = "at", "states_picked", "layer"
LETTERS = {"encoder": "h", "decoder": "s"}

_clicks = st.components.v2.component(
    "s2s_states_clicks", html="<i></i>",
    js=Path(__file__).with_name("clicks.js").read_text("utf-8"),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """One state of a sentence: a side and a 0-based token."""

    side: str
    token: int

    @property
    def name(self) -> str:
        """As in the address."""
        return f"{LETTERS[self.side]}{self.token + 1}"


def all_of(trace: Trace) -> list[Place]:
    """Every state, in the order in which they come about."""
    return [
        *(Place("encoder", n) for n in range(len(trace.source))),
        *(Place("decoder", n) for n in range(trace.steps)),
    ]


def current(trace: Trace, default: int) -> Place:
    """The state of the address; where it names none, the one that writes the step of the address.

    Args:
        trace: the answer.
        default: the step where the address names neither.
    """
    there = {place.name: place for place in all_of(trace)}
    asked = there.get(link.view().get(AT, ""))
    return asked or Place("decoder", link.step(trace.steps, default))


def put(place: Place) -> None:
    """Look at another state; for a callback."""
    step = str(place.token + 1) if place.side == "decoder" else link.view().get(link.STEP)
    link.show(**{AT: place.name, link.STEP: step})


def controls(trace: Trace, here: Place) -> None:
    """A step back, a step on, and a button for each token that is read and written."""
    every = all_of(trace)
    at = every.index(here)
    names = {place.name: place for place in every}

    def picked() -> None:
        asked = names.get(str(st.session_state.get(PICKED)))
        if asked is not None:
            put(asked)

    st.session_state[PICKED] = here.name
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="states-steps"
    ):
        for told, icon, shortcut, to in (
            (tr("Previous"), ":material/chevron_left:", "PageUp", at - 1),
            (tr("Next"), ":material/chevron_right:", "PageDown", at + 1),
        ):
            inside = 0 <= to < len(every)
            st.button(
                told, icon=icon, key=f"states_{icon[10:-1]}", shortcut=shortcut,
                disabled=not inside, on_click=put, args=(every[to if inside else at],),
            )  # fmt: skip
        st.segmented_control(
            tr("State"), list(names), key=PICKED, required=True, wrap=False, on_change=picked,
            label_visibility="collapsed", format_func=lambda name: told_of(trace, names[name]),
        )  # fmt: skip


def told_of(trace: Trace, place: Place) -> str:
    """A state as Markdown: hollow where it reads, filled where it writes.

    Its number tells it from the same token elsewhere: the browser sends back what stands on a
    button, and of two that read alike only one could be had.
    """
    reads = place.side == "encoder"
    mark, tokens = ("○", trace.source) if reads else ("●", trace.output)
    return f"{mark} {place.token + 1} · {plain_token(tokens[place.token])}"


def layer(chosen: Model) -> int:
    """The layer that is looked at, 0-based; a choice where there are several."""
    top = chosen.config.layers - 1
    if not top:
        return 0
    held = link.one_of(LAYER, range(top + 1), top)
    found = st.selectbox(
        tr("Layer"), range(top, -1, -1), width=130,
        format_func=lambda n: tr("Layer {n}, the top one", n=n + 1) if n == top
        else tr("Layer {n}", n=n + 1),
        label_visibility="collapsed", **held,
    )  # fmt: skip
    return found if isinstance(found, int) and 0 <= found <= top else top


def follow(key: str, trace: Trace) -> None:
    """Go to the state whose mark is clicked in a figure.

    Streamlit tells no click in a scene, so that a script listens to Plotly's own.

    Args:
        key: of the container around the figures.
        trace: the answer of the page's model.
    """
    names = {place.name: place for place in all_of(trace)}

    def clicked() -> None:
        name = str(getattr(st.session_state.get(f"{key}-clicks"), AT, ""))
        if name in names:
            put(names[name])

    with st.container(key="states-clicks"):
        _clicks(key=f"{key}-clicks", data={"key": key}, on_at_change=clicked)

"""Work of seconds: asked for with a button, with a bar and a way out, computed once for all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from ui.frame import link

Result = TypeVar("Result")
Progress = Callable[[float, str], None]


@dataclass
class Slot:
    """Room for one result: who comes first computes, the others wait."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    result: Any = None


@st.cache_resource(max_entries=256, show_spinner=False)
def _slot(key: tuple[Hashable, ...]) -> Slot:
    return Slot()


def wanted(
    name: str, key: tuple[Hashable, ...], label: str, icon: str, parameter: str | None = None
) -> bool:
    """Draw a button until it is pressed for this very key; True once it was.

    Args:
        name: of the work, unlike any other on the page.
        key: everything the result depends on.
        label: on the button.
        icon: before it.
        parameter: holds the wish in the address instead, for whatever is shown.
    """
    asked = st.session_state.get(f"wanted_{name}") == key
    if parameter in link.view() if parameter else asked:
        return True
    # Its own callback: the run that the press starts already knows.
    st.button(label, icon=icon, key=f"button_{name}", on_click=_want, args=(name, key, parameter))
    return False


def _want(name: str, key: tuple[Hashable, ...] | None, parameter: str | None) -> None:
    if parameter:
        link.show(**{parameter: "1" if key else None})
    else:
        st.session_state[f"wanted_{name}"] = key


def computed(
    name: str,
    key: tuple[Hashable, ...],
    make: Callable[[Progress], Result],
    parameter: str | None = None,
) -> Result:
    """The result of the work; while it runs, a bar and a Cancel button stand here.

    Any message from the page ends the run at its next word of progress, and nothing is kept: that
    is all that Cancel needs.

    Args:
        name: of the work.
        key: everything the result depends on; the results are shared by all visitors.
        make: does it, telling its progress: a share of 0 to 1, and what comes next.
        parameter: as in `wanted`.
    """
    room = _slot((name, *key))
    if room.result is None:
        bar, out = st.empty(), st.empty()

        def told(share: float, what: str) -> None:
            bar.progress(min(max(share, 0.0), 1.0), f"Computing: {what}")

        told(0.0, "waiting for another visitor’s run" if room.lock.locked() else "starting")
        out.button("Cancel", key=f"cancel_{name}", on_click=_want, args=(name, None, parameter))
        with room.lock:
            if room.result is None:
                room.result = make(told)
        bar.empty()
        out.empty()
    return room.result

"""The part of the address that no widget owns: the step and the edits.

Task, model and sentence are bound to their widgets. One address restores the whole view.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from s2s.decoding import whatif
from s2s.decoding.whatif import Edit
from s2s.errors import UserError

STEP, EDITS = "step", "edits"


def step(steps: int, default: int) -> int:
    """The 0-based step of the address, or the default if it names none that exists."""
    value = st.query_params.get(STEP, "")
    if value.isascii() and value.isdigit() and len(value) < 6 and 1 <= int(value) <= steps:
        return int(value) - 1
    return default


def set_step(value: int) -> None:
    """Write a 0-based step into the address."""
    st.query_params[STEP] = str(value + 1)


def edits() -> tuple[Edit, ...]:
    """The edits of the address.

    Raises:
        UserError: when that part of the address is damaged; it is taken out of it.
    """
    try:
        return whatif.decode(st.query_params.get(EDITS, ""))
    except UserError:
        set_edits(())
        raise


def set_edits(edits: Sequence[Edit]) -> None:
    """Write the edits into the address; none of them take no room."""
    if edits:
        st.query_params[EDITS] = whatif.encode(edits)
    elif EDITS in st.query_params:
        del st.query_params[EDITS]


def forget() -> None:
    """Another sentence or model: its step and its edits mean nothing any more."""
    set_edits(())
    if STEP in st.query_params:
        del st.query_params[STEP]

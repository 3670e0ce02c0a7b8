"""Download buttons."""

from __future__ import annotations

import streamlit as st

from s2s import tables
from s2s.results import Trace


def steps_csv(trace: Trace) -> None:
    """Every number of the page as one CSV file."""
    st.download_button(
        "CSV",
        lambda: tables.steps(trace).to_csv(index=False).encode("utf-8-sig"),
        file_name=f"{trace.model.replace('/', '-')}.csv",
        mime="text/csv",
        icon=":material/download:",
        help="Every step with its candidates and attention weights.",
        on_click="ignore",
    )
